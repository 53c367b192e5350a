#include "report_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "proofload/pipeline/pipeline.h"

namespace fs = std::filesystem;

namespace proofload::service {

namespace {

int open_beneath(int folder, const std::string& file) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const long opened = syscall(SYS_openat2, folder, file.c_str(), &how, sizeof how);
  if (opened >= 0 || errno != ENOSYS) return static_cast<int>(opened);
  // An older kernel: the name has no "..", and no part of it may be a link.
  int place = dup(folder);
  const fs::path path(file);
  for (auto part = path.begin(); part != path.end() && place >= 0; ++part) {
    const bool last = std::next(part) == path.end();
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY);
    const int next = openat(place, part->c_str(), flags);
    close(place);
    place = next;
  }
  return place;
}

}  // namespace

int open_report_file(const std::string& report_folder, const std::string& file) {
  if (!pipeline::is_safe_relative_path(file)) return -1;
  const int folder = open(report_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  const int opened = open_beneath(folder, file);
  close(folder);
  struct stat facts {};
  if (opened >= 0 && (fstat(opened, &facts) != 0 || !S_ISREG(facts.st_mode))) {
    close(opened);
    return -1;
  }
  return opened;
}

std::vector<v1::ReportFile> list_report_files(const std::string& report_folder) {
  std::vector<v1::ReportFile> out;
  std::error_code error;
  for (fs::recursive_directory_iterator it(report_folder, error), end; !error && it != end;
       it.increment(error)) {
    if (!fs::is_regular_file(it->symlink_status())) continue;
    v1::ReportFile file;
    file.set_name(fs::relative(it->path(), report_folder).string());
    file.set_size_bytes(it->file_size());
    out.push_back(file);
  }
  std::sort(out.begin(), out.end(),
            [](const v1::ReportFile& a, const v1::ReportFile& b) { return a.name() < b.name(); });
  return out;
}

}  // namespace proofload::service
