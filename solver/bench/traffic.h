#pragma once
/// What this rank sends, counted at MPI's profiling interface: programs that link traffic.cc count
/// every message of every library.

namespace proofload::solver {

struct Traffic {
  double messages = 0, bytes = 0;  ///< sent to one neighbour each
  double collectives = 0;          ///< MPI_Allreduce, MPI_Bcast, MPI_Reduce, MPI_Allgatherv
  double collective_bytes = 0;     ///< given to them
};

/// Since the program began.
Traffic traffic_so_far();

inline Traffic operator-(const Traffic& a, const Traffic& b) {
  return {a.messages - b.messages, a.bytes - b.bytes, a.collectives - b.collectives,
          a.collective_bytes - b.collective_bytes};
}

}  // namespace proofload::solver
