#include "traffic.h"

#include <mpi.h>

namespace {

proofload::solver::Traffic counted;

double bytes_of(int count, MPI_Datatype type) {
  int size = 0;
  PMPI_Type_size(type, &size);
  return static_cast<double>(count) * size;
}

void count_message(int count, MPI_Datatype type) {
  counted.messages += 1;
  counted.bytes += bytes_of(count, type);
}

void count_collective(int count, MPI_Datatype type) {
  counted.collectives += 1;
  counted.collective_bytes += bytes_of(count, type);
}

}  // namespace

namespace proofload::solver {
Traffic traffic_so_far() { return counted; }
}  // namespace proofload::solver

extern "C" {

int MPI_Send(const void* data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm) {
  count_message(count, type);
  return PMPI_Send(data, count, type, to, tag, comm);
}

int MPI_Isend(const void* data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm,
              MPI_Request* request) {
  count_message(count, type);
  return PMPI_Isend(data, count, type, to, tag, comm, request);
}

int MPI_Allreduce(const void* in, void* out, int count, MPI_Datatype type, MPI_Op op,
                  MPI_Comm comm) {
  count_collective(count, type);
  return PMPI_Allreduce(in, out, count, type, op, comm);
}

int MPI_Reduce(const void* in, void* out, int count, MPI_Datatype type, MPI_Op op, int root,
               MPI_Comm comm) {
  count_collective(count, type);
  return PMPI_Reduce(in, out, count, type, op, root, comm);
}

int MPI_Bcast(void* data, int count, MPI_Datatype type, int root, MPI_Comm comm) {
  count_collective(count, type);
  return PMPI_Bcast(data, count, type, root, comm);
}

int MPI_Allgatherv(const void* in, int count, MPI_Datatype type, void* out, const int* counts,
                   const int* begins, MPI_Datatype out_type, MPI_Comm comm) {
  count_collective(count, type);
  return PMPI_Allgatherv(in, count, type, out, counts, begins, out_type, comm);
}
}
