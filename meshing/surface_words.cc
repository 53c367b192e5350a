#include "surface_words.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "surface_build.h"

namespace proofload::meshing {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

void WordReader::skip_blanks() {
  for (; at_ < text_.size(); ++at_) {
    if (text_[at_] == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
      if (at_ == text_.size()) return;
    } else if (!is_blank(text_[at_])) {
      return;
    }
    if (text_[at_] == '\n') ++line_;
  }
}

std::string_view WordReader::next() {
  skip_blanks();
  const std::size_t begin = at_;
  while (at_ < text_.size() && !is_blank(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string WordReader::word() {
  const std::string_view found = next();
  if (found.empty()) fail("the file ends too early");
  std::string lower(found.substr(0, 256));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

double WordReader::number() {
  const std::string_view found = next();
  if (found.empty()) fail("the file ends where a number is expected");
  const char* begin = found.data() + (found[0] == '+' ? 1 : 0);
  const char* end = found.data() + found.size();
  double value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (stop != end || begin == end) {
    fail("\"" + std::string(found.substr(0, 40)) + "\" is no number");
  }
  if (error == std::errc::result_out_of_range) {
    value = std::strtod(std::string(found).c_str(), nullptr);
  }
  return value;
}

std::int64_t WordReader::integer() {
  const std::string_view found = next();
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(found.data(), found.data() + found.size(), value);
  if (found.empty() || error != std::errc() || stop != found.data() + found.size()) {
    fail(found.empty() ? "the file ends where a whole number is expected"
                       : "\"" + std::string(found.substr(0, 40)) + "\" is no whole number");
  }
  return value;
}

std::int64_t WordReader::count(const std::string& what, std::int64_t bytes_each) {
  const std::int64_t value = integer();
  if (value < 0 || value > bytes_left() / std::max<std::int64_t>(1, bytes_each) + 1) {
    fail("the file announces " + std::to_string(value) + " " + what + " but has only " +
         std::to_string(bytes_left()) + " bytes left");
  }
  return value;
}

std::string_view WordReader::rest_of_line() {
  const std::size_t end = std::min(text_.find('\n', at_), text_.size());
  std::string_view rest = text_.substr(at_, end - at_);
  at_ = std::min(end + 1, text_.size());
  if (end < text_.size()) ++line_;
  while (!rest.empty() && is_blank(rest.back())) rest.remove_suffix(1);
  return rest;
}

std::string_view WordReader::raw(std::int64_t size, const std::string& what) {
  if (size < 0 || size > bytes_left()) {
    fail(what + " should take " + std::to_string(size) + " bytes, " + std::to_string(bytes_left()) +
         " are left");
  }
  const std::string_view bytes = text_.substr(at_, static_cast<std::size_t>(size));
  at_ += static_cast<std::size_t>(size);
  return bytes;
}

bool WordReader::at_end() {
  skip_blanks();
  return at_ >= text_.size();
}

void WordReader::fail(const std::string& what) const {
  throw_problem("MESH_SYNTAX", path_, what, "export the file again, or as binary STL", line_);
}

}  // namespace proofload::meshing
