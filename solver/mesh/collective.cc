#include "proofload/solver/collective.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "proofload/core/problem.h"

namespace proofload::solver {
namespace {

enum Kind { kFine = 0, kUser = 1, kNumerical = 2, kOther = 3 };

struct Failure {
  int kind = kFine;
  std::string code;
  std::string text;
};

Failure run(const std::function<void()>& work) {
  try {
    work();
  } catch (const InvalidInput& error) {
    return {kUser, "", problems_to_json(error.problems())};
  } catch (const NumericalFailure& error) {
    return {kNumerical, error.code(), error.what()};
  } catch (const std::exception& error) {
    return {kOther, "", error.what()};
  }
  return {};
}

void broadcast(MPI_Comm comm, int root, std::string& text) {
  int size = static_cast<int>(text.size());
  MPI_Bcast(&size, 1, MPI_INT, root, comm);
  text.resize(size);
  MPI_Bcast(text.data(), size, MPI_CHAR, root, comm);
}

}  // namespace

void on_all_ranks(MPI_Comm comm, const std::function<void()>& work) {
  Failure failure = run(work);
  const int ranks = ranks_of(comm);
  int mine = failure.kind == kFine ? ranks : rank_of(comm);
  int first = ranks;
  MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, comm);
  if (first == ranks) return;
  MPI_Bcast(&failure.kind, 1, MPI_INT, first, comm);
  broadcast(comm, first, failure.code);
  broadcast(comm, first, failure.text);
  if (failure.kind == kUser) throw InvalidInput(problems_from_json(failure.text));
  if (failure.kind == kNumerical) throw NumericalFailure(failure.code, failure.text);
  throw std::runtime_error(failure.text);
}

double sum_over_ranks(MPI_Comm comm, double value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, comm);
  return value;
}

double max_over_ranks(MPI_Comm comm, double value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, comm);
  return value;
}

std::int64_t sum_over_ranks(MPI_Comm comm, std::int64_t value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_SUM, comm);
  return value;
}

void sum_over_ranks(MPI_Comm comm, double* values, int n) {
  MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_DOUBLE, MPI_SUM, comm);
}

int rank_of(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

int ranks_of(MPI_Comm comm) {
  int ranks = 1;
  MPI_Comm_size(comm, &ranks);
  return ranks;
}

}  // namespace proofload::solver
