#include "stl_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "surface_build.h"

namespace proofload::meshing {
namespace {

constexpr const char* kExportAgain = "export the file again, or as binary STL";

/// Words of the text with their places.
class Words {
 public:
  Words(const std::string& path, const std::string& text) : path_(path), text_(text) {
    check_line_length();
  }

  /// The next word in lower case; empty at the end of the file.
  const std::string& next() {
    skip_blanks();
    line_ = next_line_;
    column_ = static_cast<int>(at_ - line_start_) + 1;
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_blank(text_[at_])) ++at_;
    raw_ = std::string_view(text_).substr(begin, at_ - begin);
    word_.assign(raw_);
    std::transform(word_.begin(), word_.end(), word_.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return word_;
  }

  /// The rest of the line behind the last word.
  std::string rest_of_line() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string rest = text_.substr(at_, end - at_);
    at_ = end;
    const auto first = rest.find_first_not_of(" \t\r");
    if (first == std::string::npos) return "";
    return rest.substr(first, rest.find_last_not_of(" \t\r") - first + 1);
  }

  int line() const { return line_; }
  std::string shown() const {
    return raw_.empty() ? "the end of the file" : "\"" + std::string(raw_.substr(0, 40)) + "\"";
  }

  /// The last word is not what the grammar wants.
  [[noreturn]] void fail(const std::string& expected, std::int64_t facet) const {
    const std::string where = " in facet " + std::to_string(facet);
    if (raw_.empty()) {
      throw_problem("STL_TRUNCATED", path_, "the text ends" + where + ", expected " + expected,
                    "copy or export the file again", line_, column_);
    }
    throw_problem("STL_SYNTAX", path_, "found " + shown() + where + ", expected " + expected,
                  kExportAgain, line_, column_);
  }

 private:
  static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
  }

  void skip_blanks() {
    for (; at_ < text_.size() && is_blank(text_[at_]); ++at_) {
      if (text_[at_] != '\n') continue;
      ++next_line_;
      line_start_ = at_ + 1;
      check_line_length();
    }
  }

  void check_line_length() const {
    const std::size_t limit = static_cast<std::size_t>(kMaxLineBytes);
    if (text_.size() - line_start_ <= limit) return;
    if (std::string_view(text_).substr(line_start_, limit + 1).find('\n') != std::string_view::npos)
      return;
    throw_problem("STL_SYNTAX", path_,
                  "the line is longer than " + std::to_string(kMaxLineBytes) + " bytes",
                  kExportAgain, next_line_, 1);
  }

  const std::string& path_;
  const std::string& text_;
  std::size_t at_ = 0, line_start_ = 0;
  int next_line_ = 1, line_ = 1, column_ = 1;
  std::string_view raw_;
  std::string word_;
};

class TextReader {
 public:
  TextReader(const std::string& path, const std::string& text, double scale)
      : path_(path), words_(path, text), builder_("STL", path, scale) {}

  TriangleSoup read() {
    expect("solid");
    do {
      read_solid();
    } while (another_solid());
    return builder_.finish();
  }

 private:
  std::int64_t facet() const { return builder_.triangle_count() + 1; }

  bool another_solid() {
    const std::string& word = words_.next();
    if (!word.empty() && word != "solid") words_.fail("\"solid\" or the end of the file", facet());
    return !word.empty();
  }

  void read_solid() {
    builder_.begin_solid(words_.rest_of_line());
    while (true) {
      const std::string& word = words_.next();
      if (word == "endsolid") break;
      if (word != "facet") words_.fail("\"facet\" or \"endsolid\"", facet());
      read_facet();
    }
    words_.rest_of_line();
  }

  void read_facet() {
    expect("normal");
    Point normal;
    read_numbers(normal);
    expect("outer");
    expect("loop");
    std::array<Point, 3> corners;
    for (int i = 0; i < 3; ++i) {
      expect("vertex");
      const int line = words_.line();
      read_numbers(corners[i]);
      builder_.check(
          corners[i],
          [&] {
            return "vertex " + std::to_string(i + 1) + " of facet " + std::to_string(facet());
          },
          line);
    }
    expect("endloop");
    expect("endfacet");
    builder_.add(corners);
    if (builder_.triangle_count() > kMaxFacets) {
      check_facet_count("STL", path_, builder_.triangle_count());
    }
  }

  void read_numbers(Point& numbers) {
    for (double& number : numbers) {
      const std::string& text = words_.next();
      const char* begin = text.c_str() + (text.rfind('+', 0) == 0 ? 1 : 0);
      const char* end = text.c_str() + text.size();
      const auto [stop, error] = std::from_chars(begin, end, number);
      if (stop != end || begin == end) words_.fail("a number", facet());
      if (error == std::errc::result_out_of_range) number = std::strtod(begin, nullptr);
    }
  }

  void expect(const char* keyword) {
    if (words_.next() != keyword) words_.fail("\"" + std::string(keyword) + "\"", facet());
  }

  std::string path_;
  Words words_;
  SoupBuilder builder_;
};

}  // namespace

TriangleSoup read_stl_text(const std::string& path, const std::string& text, double scale_to_mm) {
  return TextReader(path, text, scale_to_mm).read();
}

}  // namespace proofload::meshing
