#pragma once
/// Numbers and words of a text that may be hostile: every count is held against the bytes left.
#include <cstdint>
#include <string>
#include <string_view>

namespace proofload::meshing {

class WordReader {
 public:
  WordReader(std::string path, std::string_view text) : path_(std::move(path)), text_(text) {}

  /// The next word; empty at the end. A comment from `#` to the end of the line is passed over.
  std::string_view next();
  /// The next word, in lower case, must be there.
  std::string word();
  /// Reads a finite or not finite number.
  double number();
  std::int64_t integer();
  /// A count of things that take at least `bytes_each` bytes of what is left.
  std::int64_t count(const std::string& what, std::int64_t bytes_each);
  /// The rest of the current line without its end.
  std::string_view rest_of_line();
  /// `size` bytes as they are. Throws when fewer are left.
  std::string_view raw(std::int64_t size, const std::string& what);
  bool at_end();
  int line() const { return line_; }
  std::int64_t bytes_left() const { return static_cast<std::int64_t>(text_.size() - at_); }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  void skip_blanks();

  std::string path_;
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace proofload::meshing
