#include "proofload/solver/forecast.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "proofload/core/problem.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// From how many load cases on all are solved together, eight columns at a time.
constexpr int kTogetherFrom = 3;
/// Of each rank before it has read anything, MB.
constexpr double kMemoryOfRank = 90;
/// Bytes for an unknown: mesh, operator, hierarchy and recovery; of each load case kept; and of
/// the stacked vectors.
constexpr double kBytes = 440, kBytesOfLoad = 70, kBytesTogether = 640;
/// Seconds of start, and core seconds for an unknown: set-up and reading; one load case; a further
/// one solved together; stress, quantities and error of each.
constexpr double kStartSeconds = 0.4;
constexpr double kSetUpSeconds = 2.6e-6, kLoadSeconds = 3.2e-6, kTogetherSeconds = 1.6e-6;
constexpr double kRecoverySeconds = 2.2e-6;

/// What /proc/meminfo calls available, and what a control group leaves, MB; 0 if neither says.
double free_memory_mb() {
  double free = 0;
  std::ifstream info("/proc/meminfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("MemAvailable:", 0) == 0) free = std::stod(line.substr(13)) / 1024;
  double limit = 0, used = 0;
  std::ifstream most("/sys/fs/cgroup/memory.max"), now("/sys/fs/cgroup/memory.current");
  if (most >> limit && now >> used) free = std::min(free, (limit - used) / 1048576);
  return std::max(free, 0.0);
}

int ranks_on_this_machine(MPI_Comm comm) {
  MPI_Comm here = MPI_COMM_NULL;
  MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
  const int ranks = ranks_of(here);
  MPI_Comm_free(&here);
  return ranks;
}

}  // namespace

Forecast forecast(double unknowns, int loads, int ranks) {
  const bool together = loads >= kTogetherFrom;
  Forecast result;
  result.memory_mb =
      kMemoryOfRank * ranks +
      unknowns * (kBytes + kBytesOfLoad * (loads - 1) + (together ? kBytesTogether : 0)) / 1048576;
  const double solve = together ? loads * kTogetherSeconds + kLoadSeconds : loads * kLoadSeconds;
  result.seconds =
      kStartSeconds + unknowns * (kSetUpSeconds + solve + loads * kRecoverySeconds) / ranks;
  return result;
}

void check_memory(const MeshPart& part, const Forecast& forecast) {
  const double free = free_memory_mb();
  const double here = forecast.memory_mb * ranks_on_this_machine(part.comm) / ranks_of(part.comm);
  const double missing = max_over_ranks(part.comm, free > 0 ? here - free : 0);
  if (!(missing > 0)) return;
  std::ostringstream text;
  text << "solving " << 3 * part.n_global_nodes << " unknowns takes " << to_string(forecast) << "; "
       << static_cast<long>(missing) << " MB more than is free";
  throw NumericalFailure("OUT_OF_MEMORY", text.str());
}

std::string to_string(const Forecast& forecast) {
  std::ostringstream text;
  text.precision(2);
  text << "about " << std::max(1.0, forecast.seconds) << " s and " << forecast.memory_mb / 1024
       << " GB";
  return text.str();
}

}  // namespace proofload::solver
