/// Which blocks make an aggregate.
#include <cmath>

#include "aggregation_matrix.h"

namespace proofload::solver {
namespace {

constexpr int kFree = -2;

/// Couplings of owned blocks among each other, without the diagonal; squares of what PETSc's graph
/// holds: |A_ij|^2 / (|A_ii| |A_jj|).
struct Graph {
  std::vector<long> begin{0};
  std::vector<int> to;
  std::vector<double> weight;
  std::vector<char> coupled;  ///< to anything, other ranks' blocks included
};

std::vector<double> squares(const BlockMatrix<double>& matrix) {
  std::vector<double> sums(matrix.column.size(), 0.0);
  for (std::size_t k = 0; k < sums.size(); ++k)
    for (int i = 0; i < matrix.size(); ++i) {
      const double v = matrix.value[k * matrix.size() + i];
      sums[k] += v * v;
    }
  return sums;
}

Graph make_graph(const LevelDraft& level) {
  constexpr double kZero = 1e-24;
  const BlockMatrix<double>& matrix = level.matrix;
  const std::vector<double> square = squares(matrix);
  std::vector<double> diagonal(level.halo.n_local(), 0.0);
  for (int i = 0; i < matrix.n(); ++i)
    for (long k = matrix.begin[i]; k < matrix.begin[i + 1]; ++k)
      if (matrix.column[k] == i) diagonal[i] = std::sqrt(square[k]);
  Graph graph;
  graph.coupled.assign(matrix.n(), 0);
  for (int i = 0; i < matrix.n(); ++i) {
    for (long k = matrix.begin[i]; k < matrix.begin[i + 1]; ++k) {
      const int j = matrix.column[k];
      if (j == i || square[k] <= kZero * diagonal[i] * diagonal[i]) continue;
      graph.coupled[i] = 1;
      if (j >= matrix.n() || level.apart[i] >= 0 || level.apart[j] >= 0) continue;
      graph.to.push_back(j);
      graph.weight.push_back(square[k] / (diagonal[i] * diagonal[j]));
    }
    graph.begin.push_back(static_cast<long>(graph.to.size()));
  }
  return graph;
}

class Aggregator {
 public:
  Aggregator(const LevelDraft& level, double threshold)
      : graph_(make_graph(level)), limit_(threshold * threshold), of_(level.matrix.n(), kFree) {
    for (std::size_t i = 0; i < of_.size(); ++i)
      if (!graph_.coupled[i]) of_[i] = -1;
    join_groups(level.apart);
  }

  std::vector<int> run(int& n_aggregates) {
    take_neighbourhoods();
    while (attach(limit_)) {
    }
    take_rest();
    while (attach(0)) {
    }
    for (int& a : of_)
      if (a == kFree) a = count_++;
    n_aggregates = count_;
    return of_;
  }

 private:
  template <class Visit>
  void for_strong(int i, double limit, Visit visit) const {
    for (long k = graph_.begin[i]; k < graph_.begin[i + 1]; ++k)
      if (graph_.weight[k] > limit) visit(graph_.to[k], graph_.weight[k]);
  }

  /// The blocks of a rigid group are one aggregate, whatever touches them.
  void join_groups(const std::vector<int>& apart) {
    std::vector<int> number;
    for (std::size_t i = 0; i < of_.size(); ++i) {
      if (apart[i] < 0 || of_[i] != kFree) continue;
      if (static_cast<int>(number.size()) <= apart[i]) number.resize(apart[i] + 1, -1);
      if (number[apart[i]] < 0) number[apart[i]] = count_++;
      of_[i] = number[apart[i]];
    }
  }

  /// Roots three couplings apart, each with the blocks beside it.
  void take_neighbourhoods() {
    std::vector<char> near(of_.size(), 0);
    for (int i = 0; i < static_cast<int>(of_.size()); ++i) {
      if (of_[i] != kFree || near[i] || graph_.begin[i] == graph_.begin[i + 1]) continue;
      bool any = false;
      for_strong(i, limit_, [&](int, double) { any = true; });
      if (!any) continue;
      of_[i] = count_;
      near[i] = 1;
      for_strong(i, limit_, [&](int j, double) {
        if (of_[j] == kFree) of_[j] = count_;
        near[j] = 1;
        for_strong(j, limit_, [&](int k, double) { near[k] = 1; });
      });
      ++count_;
    }
  }

  /// Blocks beside an aggregate join the one they are coupled to most; false if none did.
  bool attach(double limit) {
    std::vector<std::pair<int, int>> joined;
    for (int i = 0; i < static_cast<int>(of_.size()); ++i) {
      if (of_[i] != kFree) continue;
      double best = 0;
      int aggregate = kFree;
      for_strong(i, limit, [&](int j, double weight) {
        if (of_[j] < 0 || weight <= best) return;
        best = weight;
        aggregate = of_[j];
      });
      if (aggregate >= 0) joined.push_back({i, aggregate});
    }
    for (const auto& [i, aggregate] : joined) of_[i] = aggregate;
    return !joined.empty();
  }

  /// What no root reached.
  void take_rest() {
    for (int i = 0; i < static_cast<int>(of_.size()); ++i) {
      if (of_[i] != kFree) continue;
      bool any = false;
      for_strong(i, limit_, [&](int j, double) { any = any || of_[j] == kFree; });
      if (!any) continue;
      of_[i] = count_;
      for_strong(i, limit_, [&](int j, double) {
        if (of_[j] == kFree) of_[j] = count_;
      });
      ++count_;
    }
  }

  Graph graph_;
  double limit_;
  std::vector<int> of_;
  int count_ = 0;
};

}  // namespace

std::vector<int> aggregate(const LevelDraft& level, double threshold, int& n_aggregates) {
  return Aggregator(level, threshold).run(n_aggregates);
}

}  // namespace proofload::solver
