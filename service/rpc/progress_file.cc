#include "progress_file.h"

#include <algorithm>
#include <fstream>

#include "proofload/pipeline/pipeline.h"

namespace proofload::service {

namespace {

/// Bytes at the end of the file that surely hold a whole line.
constexpr std::streamoff kTail = 8192;

}  // namespace

void read_progress(const std::string& path, std::streamoff& offset, double after, std::size_t most,
                   std::deque<v1::Progress>& out) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return;
  file.seekg(offset);
  std::string line;
  while (out.size() < most && std::getline(file, line) && !file.eof()) {
    offset += static_cast<std::streamoff>(line.size()) + 1;
    v1::Progress progress;
    if (!pipeline::parse_progress_line(line, progress) || progress.sequence() <= after) continue;
    progress.set_state(v1::RunState::RUNNING);
    out.push_back(progress);
  }
}

std::optional<v1::Progress> last_progress(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return std::nullopt;
  file.seekg(std::max<std::streamoff>(0, static_cast<std::streamoff>(file.tellg()) - kTail));
  std::optional<v1::Progress> last;
  v1::Progress progress;
  for (std::string line; std::getline(file, line);) {
    if (pipeline::parse_progress_line(line, progress)) last = progress;
  }
  return last;
}

}  // namespace proofload::service
