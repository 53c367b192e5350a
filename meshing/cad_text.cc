#include "cad_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proofload/core/problem.h"

namespace proofload::meshing {
namespace {

constexpr std::size_t kMostEntities = 5'000'000;
constexpr int kMostDepth = 64;
constexpr std::size_t kMostText = 65536;

[[noreturn]] void reject(const std::string& code, const std::string& path,
                         const std::string& message, const std::string& remedy, int line = 0) {
  throw InvalidInput({{code, path, line, 0, message, remedy}});
}

/// Entities whose circles make the kernel run for ever: topology and geometry.
bool is_geometric(std::string_view kind) {
  for (const char* part : {"EDGE", "FACE", "LOOP", "SHELL", "VERTEX", "CURVE", "SURFACE", "POINT",
                           "PLACEMENT", "CIRCLE", "LINE", "BREP", "SOLID", "BOOLEAN", "MAPPED",
                           "PLANE", "VECTOR", "DIRECTION", "SET"}) {
    if (kind.find(part) != std::string_view::npos) return true;
  }
  return false;
}

struct Entity {
  std::int64_t number = 0;
  std::string_view kind;
  int line = 0;
  std::size_t first = 0, last = 0;  ///< range in the list of references
};

/// Entities of the data section with what they refer to.
class StepScanner {
 public:
  StepScanner(std::string_view text, const std::string& path, const std::string& name)
      : text_(text), path_(path), name_(name) {}

  void run() {
    for (; at_ < text_.size(); ++at_) {
      switch (text_[at_]) {
        case '\n':
          ++line_;
          break;
        case '\'':
          skip_text();
          break;
        case '/':
          skip_comment();
          break;
        case '(':
          if (++depth_ > kMostDepth) fail("parentheses are nested more than 64 deep");
          break;
        case ')':
          if (--depth_ < 0) fail("a parenthesis closes that was not opened");
          break;
        case ';':
          if (depth_ != 0) fail("a statement ends within parentheses");
          inside_ = false;
          break;
        case '#':
          read_reference();
          break;
        default:
          break;
      }
    }
    if (!entities_.empty()) entities_.back().last = references_.size();
    find_circle();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    reject("STEP_UNREADABLE", path_, name_ + " line " + std::to_string(line_) + ": " + what,
           "export the part again as STEP AP214 or AP242", line_);
  }

  void skip_text() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) fail("a text does not end");
    if (end - at_ > kMostText) fail("a text is longer than 64 KiB");
    line_ += static_cast<int>(std::count(text_.begin() + at_, text_.begin() + end, '\n'));
    at_ = end;
  }

  void skip_comment() {
    if (at_ + 1 >= text_.size() || text_[at_ + 1] != '*') return;
    const std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) fail("a comment does not end");
    line_ += static_cast<int>(std::count(text_.begin() + at_, text_.begin() + end, '\n'));
    at_ = end + 1;
  }

  void read_reference() {
    std::int64_t number = 0;
    const auto [stop, error] =
        std::from_chars(text_.data() + at_ + 1, text_.data() + text_.size(), number);
    if (error != std::errc()) fail("# without a number");
    at_ = static_cast<std::size_t>(stop - text_.data()) - 1;
    if (inside_) {
      references_.push_back(number);
      return;
    }
    inside_ = true;
    if (entities_.size() >= kMostEntities) {
      reject("STEP_TOO_LARGE", path_, name_ + " has more than 5 million entities",
             "export the part alone");
    }
    if (!entities_.empty()) entities_.back().last = references_.size();
    entities_.push_back({number, kind_behind(), line_, references_.size(), references_.size()});
  }

  /// The word behind "#n =".
  std::string_view kind_behind() const {
    std::size_t begin = at_ + 1;
    while (begin < text_.size() && (text_[begin] == '=' || text_[begin] == '(' ||
                                    std::isspace(static_cast<unsigned char>(text_[begin])))) {
      ++begin;
    }
    std::size_t end = begin;
    while (end < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_'))
      ++end;
    return text_.substr(begin, end - begin);
  }

  void find_circle() {
    std::unordered_map<std::int64_t, std::size_t> index;
    for (std::size_t i = 0; i < entities_.size(); ++i) index[entities_[i].number] = i;
    std::vector<char> state(entities_.size(), 0);  // 1: on the way, 2: done
    std::vector<std::pair<std::size_t, std::size_t>> way;
    for (std::size_t start = 0; start < entities_.size(); ++start) {
      if (state[start] != 0 || !is_geometric(entities_[start].kind)) continue;
      way.assign(1, {start, entities_[start].first});
      state[start] = 1;
      while (!way.empty()) {
        auto& [now, next] = way.back();
        if (next == entities_[now].last) {
          state[now] = 2;
          way.pop_back();
          continue;
        }
        const auto found = index.find(references_[next++]);
        if (found == index.end() || !is_geometric(entities_[found->second].kind)) continue;
        const std::size_t to = found->second;
        if (state[to] == 1) {
          reject("STEP_CYCLE", path_,
                 name_ + ": entity #" + std::to_string(entities_[to].number) + " (" +
                     std::string(entities_[to].kind) + ") refers to itself" +
                     (now == to ? "" : " through #" + std::to_string(entities_[now].number)),
                 "export the part again; the file is damaged or hostile", entities_[to].line);
        }
        if (state[to] != 0) continue;
        state[to] = 1;
        way.emplace_back(to, entities_[to].first);
      }
    }
  }

  std::string_view text_;
  const std::string& path_;
  const std::string& name_;
  std::size_t at_ = 0;
  int line_ = 1, depth_ = 0;
  bool inside_ = false;
  std::vector<Entity> entities_;
  std::vector<std::int64_t> references_;
};

/// Free text of the global section, joined.
std::string global_section(const std::string& text) {
  std::string joined;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end - at >= 73 && text[at + 72] == 'G') joined += text.substr(at, 72);
    at = end + 1;
  }
  return joined;
}

}  // namespace

void check_step_text(const std::string& text, const std::string& path, const std::string& name) {
  if (text.find("ISO-10303-21") == std::string::npos) {
    reject("STEP_UNREADABLE", path, name + " does not begin as a STEP file (ISO-10303-21)",
           "export the part as STEP AP203, AP214 or AP242");
  }
  StepScanner(text, path, name).run();
}

void check_iges_text(const std::string& text, const std::string& path, const std::string& name) {
  int line = 0;
  bool ended = false;
  for (std::size_t at = 0; at < text.size() && !ended;) {
    ++line;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const bool section =
        end - at >= 73 && std::string("SGDPT").find(text[at + 72]) != std::string::npos;
    if (!section || end - at > 82) {
      reject("IGES_UNREADABLE", path,
             name + " line " + std::to_string(line) +
                 " is no IGES line (80 columns, S, G, D, P or T in column 73)",
             "export the part as STEP", line);
    }
    ended = text[at + 72] == 'T';
    at = end + 1;
  }
  if (!ended) {
    reject("IGES_UNREADABLE", path, name + " ends without its last section (T)",
           "copy or export the file again");
  }
}

std::string iges_unit(const std::string& text) {
  const std::string global = global_section(text);
  std::size_t at = 0;
  char separator = ',';
  for (int field = 1; at < global.size() && field < 14; ++field) {
    // Texts are written 4Habcd; separators may be inside them.
    while (at < global.size() && global[at] == ' ') ++at;
    std::size_t digits = at;
    while (digits < global.size() && std::isdigit(static_cast<unsigned char>(global[digits])))
      ++digits;
    if (digits > at && digits < global.size() && global[digits] == 'H') {
      const std::size_t length = std::min<std::size_t>(
          std::stoul(global.substr(at, std::min<std::size_t>(digits - at, 6))), global.size());
      if (field == 1 && length == 1 && digits + 1 < global.size()) separator = global[digits + 1];
      at = std::min(global.size(), digits + 1 + length);
    }
    const std::size_t end = global.find(separator, at);
    if (end == std::string::npos) return "";
    at = end + 1;
  }
  switch (std::atoi(global.substr(std::min(at, global.size()), 8).c_str())) {
    case 1:
      return "inch";
    case 2:
      return "mm";
    case 6:
      return "m";
    case 9:
      return "um";
    case 10:
      return "cm";
    default:
      return "";
  }
}

void check_brep_text(const std::string& text, const std::string& path, const std::string& name) {
  if (text.substr(0, 200).find("CASCADE Topology") == std::string::npos &&
      text.substr(0, 200).find("DBRep_DrawableShape") == std::string::npos) {
    reject("BREP_UNREADABLE", path, name + " does not begin as a BREP file of OpenCASCADE",
           "export the part as STEP");
  }
  for (const char* table : {"Locations", "Curve2ds", "Curves", "Polygon3D",
                            "PolygonOnTriangulations", "Surfaces", "Triangulations", "TShapes"}) {
    const std::size_t at = text.find(std::string("\n") + table + " ");
    if (at == std::string::npos) {
      reject("BREP_UNREADABLE", path, name + " has no table " + table, "export the part as STEP");
    }
    const std::size_t number = at + std::string(table).size() + 2;
    const double count = std::strtod(text.substr(number, 20).c_str(), nullptr);
    if (!(count >= 0) || count > double(text.size() - at)) {
      reject("BREP_UNREADABLE", path, name + " announces more " + table + " than the file can hold",
             "export the part as STEP");
    }
  }
}

}  // namespace proofload::meshing
