/// libFuzzer on the readers that see a file before anything else does. The format is the ending of
/// a file name in PROOFLOAD_FUZZ (".stl" …). A typed refusal is an answer; anything else that is
/// thrown, a fault of memory or undefined behaviour is a find.
#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <string>

#include "../../meshing/cad_text.h"
#include "proofload/core/problem.h"
#include "proofload/meshing/surface.h"

namespace {

std::string format;
std::string path;

void read_text(const std::string& text) {
  if (format == ".step") return proofload::meshing::check_step_text(text, "body", "fuzz");
  if (format == ".brep") return proofload::meshing::check_brep_text(text, "body", "fuzz");
  proofload::meshing::check_iges_text(text, "body", "fuzz");
  proofload::meshing::iges_unit(text);
}

/// The readers of surfaces take files.
void read_file(const std::string& bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
  close(file);
  const proofload::meshing::TriangleSoup soup = proofload::meshing::read_surface(path, 1);
  for (const auto& triangle : soup.triangles)
    for (const auto corner : triangle)
      if (corner < 0 || static_cast<std::size_t>(corner) >= soup.points.size()) std::abort();
  for (const auto& point : soup.points)
    for (const double x : point)
      if (!std::isfinite(x)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("PROOFLOAD_FUZZ");
  if (name == nullptr) std::abort();
  format = name;
  const bool memory = access("/dev/shm", W_OK) == 0;
  path = (memory ? "/dev/shm/proofload-fuzz-" : "/tmp/proofload-fuzz-") +
         std::to_string(getpid()) + format;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const bool text = format == ".step" || format == ".igs" || format == ".brep";
  try {
    text ? read_text(bytes) : read_file(bytes);
  } catch (const proofload::InvalidInput& refusal) {
    for (const proofload::Problem& problem : refusal.problems())
      if (problem.code.empty() || problem.message.empty()) std::abort();
  } catch (const proofload::NumericalFailure&) {
  }
  if (!text) unlink(path.c_str());
  return 0;
}
