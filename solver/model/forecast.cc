#include "proofload/solver/forecast.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <fstream>
#include <limits>
#include <sstream>
#include <vector>

#include "clones.h"
#include "proofload/core/problem.h"
#include "proofload/solver/collective.h"
#include "sums_of_loads.h"

namespace proofload::solver {
namespace {

/// From how many load cases on all are solved together, eight columns at a time.
constexpr int kTogetherFrom = 7;
/// Of each rank before it has read anything, MB.
constexpr double kMemoryOfRank = 42;
/// Bytes for an unknown: mesh, operator, hierarchy and recovery; of each load case kept; of each
/// more when they are solved together; and of the stacked vectors.
constexpr double kBytes = 400, kBytesOfLoad = 35, kMoreTogether = 35, kBytesTogether = 640;
/// Seconds of start, and core seconds for an unknown: set-up and reading; one load case; a further
/// one solved together; stress, quantities and error of each. Of the machine on which a sample
/// takes kSampleSeconds.
constexpr double kStartSeconds = 0.4;
constexpr double kSetUpSeconds = 5.1e-6, kLoadSeconds = 7.0e-6, kTogetherSeconds = 4.2e-6;
constexpr double kRecoverySeconds = 2.5e-6;
/// Iterations beside stiff and soft bodies over those in one material (30 to 40 instead of 16 to
/// 20).
constexpr double kContrast = 10, kIterationsOfContrast = 1.9;
constexpr double kSampleSeconds = 2.3e-3;

/// Some five multiplications and additions for a byte that is read or written, as the operator has.
PROOFLOAD_CLONES void work_through(std::vector<double>& values) {
  typedef double Four __attribute__((vector_size(32)));
  constexpr int kChains = 8, kNumbers = 4 * kChains;
  for (std::size_t at = 0; at + kNumbers <= values.size(); at += kNumbers) {
    Four x[kChains];
#pragma GCC unroll 8
    for (int i = 0; i < kChains; ++i) std::memcpy(&x[i], &values[at + 4 * i], sizeof(Four));
    for (int step = 0; step < 40; ++step)
#pragma GCC unroll 8
      for (int i = 0; i < kChains; ++i) x[i] = x[i] * 0.999 + 1e-3;
#pragma GCC unroll 8
    for (int i = 0; i < kChains; ++i) std::memcpy(&values[at + 4 * i], &x[i], sizeof(Four));
  }
}

double core_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// How many times slower than on the machine of the constants the slowest rank works, all ranks at
/// once as they will be; what others take of its core does not count. Takes some 50 ms.
double slowness(MPI_Comm comm) {
  std::vector<double> values(1 << 20, 1.0);  // 8 MB: more than a core has for itself
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 4; ++i) {
    const double start = core_seconds();
    work_through(values);
    best = std::min(best, core_seconds() - start);
  }
  return max_over_ranks(comm, best) / kSampleSeconds;
}

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

bool has_contrast(const Model& model) {
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (const Elasticity& material : model.elasticity) {
    least = std::min(least, material.mu);
    most = std::max(most, material.mu);
  }
  return most > kContrast * least;
}

/// Load cases that are not sums of others of the same set. Collective.
int loads_to_solve(const Model& model) {
  int count = 0;
  for (int set = 0; set < static_cast<int>(model.kinematics.size()); ++set) {
    std::vector<std::vector<double>> columns;
    for (const LoadVector& load : model.loads) {
      if (load.kinematic_set != set) continue;
      std::vector<double> all = load.force;
      all.insert(all.end(), load.prescribed.begin(), load.prescribed.end());
      all.resize(2 * load.force.size(), 0.0);
      for (const auto& wrench : load.rigid) all.insert(all.end(), wrench.begin(), wrench.end());
      const bool here = std::any_of(all.begin(), all.end(), [](double v) { return v != 0; });
      if (max_over_ranks(model.mesh->comm, here ? 1 : 0) > 0) columns.push_back(std::move(all));
    }
    std::vector<const std::vector<double>*> loads;
    for (const auto& column : columns) loads.push_back(&column);
    for (const auto& shares : shares_of_basis(model.mesh->comm, loads))
      count += shares.size() == 0 ? 1 : 0;
  }
  return count;
}

}  // namespace

Forecast forecast(const Model& model) {
  const MPI_Comm comm = model.mesh->comm;
  const int ranks = ranks_of(comm), loads = static_cast<int>(model.loads.size());
  const double unknowns = 3.0 * model.mesh->n_global_nodes;
  const int solved = loads_to_solve(model);
  const bool together = solved >= kTogetherFrom;
  Forecast result;
  const double of_loads =
      kBytesOfLoad * (loads - 1) + (together ? kMoreTogether * (loads - 1) + kBytesTogether : 0);
  result.memory_mb = kMemoryOfRank * ranks + unknowns * (kBytes + of_loads) / 1048576;
  const double solve =
      (together ? solved * kTogetherSeconds + kLoadSeconds : solved * kLoadSeconds) *
      (has_contrast(model) ? kIterationsOfContrast : 1);
  const double work = unknowns * (kSetUpSeconds + solve + loads * kRecoverySeconds) / ranks;
  result.seconds = (kStartSeconds + work) * slowness(comm);
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
