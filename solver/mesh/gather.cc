#include "proofload/solver/gather.h"

#include <algorithm>
#include <numeric>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// All ranks' values one after the other on rank 0.
template <class Value>
std::vector<Value> gather(MPI_Comm comm, const std::vector<Value>& mine, MPI_Datatype type) {
  constexpr int kTag = 712;
  const int ranks = ranks_of(comm);
  std::int64_t size = static_cast<std::int64_t>(mine.size());
  std::vector<std::int64_t> sizes(ranks);
  MPI_Gather(&size, 1, MPI_INT64_T, sizes.data(), 1, MPI_INT64_T, 0, comm);
  if (rank_of(comm) != 0) {
    MPI_Send(mine.data(), static_cast<int>(size), type, 0, kTag, comm);
    return {};
  }
  std::vector<Value> all(mine);
  all.resize(std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}));
  std::int64_t at = size;
  for (int r = 1; r < ranks; ++r) {
    MPI_Recv(all.data() + at, static_cast<int>(sizes[r]), type, r, kTag, comm, MPI_STATUS_IGNORE);
    at += sizes[r];
  }
  return all;
}

std::vector<double> to_file_order(const std::vector<std::int32_t>& index,
                                  const std::vector<double>& values, int block) {
  std::vector<double> ordered(values.size());
  for (std::size_t i = 0; i < index.size(); ++i) {
    std::copy_n(&values[i * block], block, &ordered[static_cast<std::size_t>(index[i]) * block]);
  }
  return ordered;
}

/// Values of the points of owned nodes.
template <class Value>
std::vector<Value> of_owned(const MeshPart& part, const StressPoints& points,
                            const std::vector<Value>& values, int block) {
  std::vector<Value> owned;
  for (std::size_t i = 0; i < points.node.size(); ++i) {
    if (points.node[i] >= part.n_owned) continue;
    owned.insert(owned.end(), values.begin() + i * block, values.begin() + (i + 1) * block);
  }
  return owned;
}

}  // namespace

std::vector<double> gather_nodes(const MeshPart& part, const std::vector<double>& values,
                                 int block) {
  const std::size_t n = part.n_owned;
  const std::vector<std::int32_t> index(part.file_node.begin(), part.file_node.begin() + n);
  const std::vector<double> owned(values.begin(), values.begin() + n * block);
  return to_file_order(gather(part.comm, index, MPI_INT32_T), gather(part.comm, owned, MPI_DOUBLE),
                       block);
}

std::vector<double> gather_cells(const MeshPart& part, const std::vector<double>& values) {
  return to_file_order(gather(part.comm, part.file_cell, MPI_INT32_T),
                       gather(part.comm, values, MPI_DOUBLE), 1);
}

io::ResultHeader gather_points(const MeshPart& part, const StressPoints& points,
                               const std::vector<std::string>& load_cases) {
  std::vector<std::int32_t> nodes;
  for (const std::int32_t node : points.node) nodes.push_back(part.file_node[node]);
  io::ResultHeader header;
  header.load_cases = load_cases;
  header.point_node = gather(part.comm, of_owned(part, points, nodes, 1), MPI_INT32_T);
  header.point_body = gather(part.comm, of_owned(part, points, points.body, 1), MPI_INT32_T);
  return header;
}

std::vector<double> gather_stress(const MeshPart& part, const StressPoints& points,
                                  const std::vector<double>& values) {
  return gather(part.comm, of_owned(part, points, values, 6), MPI_DOUBLE);
}

}  // namespace proofload::solver
