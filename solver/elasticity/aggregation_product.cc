/// Prolongation and Galerkin product of a hierarchy of aggregates. Sums are taken in the same order
/// in every run: own contributions first, then those of other ranks by rank.
#include <cmath>
#include <numeric>

#include "aggregation_matrix.h"

namespace proofload::solver {
namespace {

/// out (I x J) += a (I x K) b (K x J).
template <int I, int K, int J>
inline void add_product(const double* a, const double* b, double* out) {
  for (int i = 0; i < I; ++i)
    for (int k = 0; k < K; ++k)
      for (int j = 0; j < J; ++j) out[J * i + j] += a[K * i + k] * b[J * k + j];
}

/// out (I x J) += aT b with a (K x I), b (K x J).
template <int I, int K, int J>
inline void add_transposed_product(const double* a, const double* b, double* out) {
  for (int k = 0; k < K; ++k)
    for (int i = 0; i < I; ++i)
      for (int j = 0; j < J; ++j) out[J * i + j] += a[I * k + i] * b[J * k + j];
}

/// Orthonormal modes of each aggregate and, as coarse modes, what made them.
template <int B>
struct Tentative {
  std::vector<int> aggregate;  ///< [n_local] global number, -1
  std::vector<double> modes;   ///< [n_local][B][kModes]
  std::vector<double> factor;  ///< [n_aggregates][kModes][kModes] upper triangle
};

/// Gram and Schmidt, twice, on the rows of one aggregate; modes that the others make are dropped.
template <int B>
void orthonormalise(const std::vector<int>& members, std::vector<double>& modes, double* factor) {
  constexpr double kDependent = 1e-8;
  const auto dot = [&](int p, int q) {
    double sum = 0;
    for (const int i : members)
      for (int c = 0; c < B; ++c)
        sum += modes[(i * B + c) * long(kModes) + p] * modes[(i * B + c) * long(kModes) + q];
    return sum;
  };
  const auto add = [&](int to, int from, double scale) {
    for (const int i : members)
      for (int c = 0; c < B; ++c)
        modes[(i * B + c) * long(kModes) + to] += scale * modes[(i * B + c) * long(kModes) + from];
  };
  for (int m = 0; m < kModes; ++m) {
    const double before = std::sqrt(dot(m, m));
    for (int pass = 0; pass < 2; ++pass)
      for (int p = 0; p < m; ++p) {
        const double product = dot(m, p);
        factor[kModes * p + m] += product;
        add(m, p, -product);
      }
    const double length = std::sqrt(dot(m, m));
    const bool kept = length > kDependent * before && length > 0;
    factor[kModes * m + m] = kept ? length : 0;
    add(m, m, kept ? 1 / length - 1 : -1);
  }
}

template <int B>
Tentative<B> make_tentative(const LevelDraft& level, const std::vector<int>& aggregates,
                            int n_aggregates, const Halo& coarse) {
  const Halo& halo = level.halo;
  Tentative<B> result;
  result.aggregate.assign(halo.n_local(), -1);
  result.modes.assign(static_cast<std::size_t>(halo.n_local()) * B * kModes, 0.0);
  result.factor.assign(static_cast<std::size_t>(n_aggregates) * kModes * kModes, 0.0);
  std::vector<std::vector<int>> members(n_aggregates);
  for (int i = 0; i < halo.n_own; ++i) {
    if (aggregates[i] < 0) continue;
    members[aggregates[i]].push_back(i);
    result.aggregate[i] = coarse.first + aggregates[i];
    std::copy_n(&level.modes[i * long(B) * kModes], B * kModes,
                &result.modes[i * long(B) * kModes]);
  }
  for (int a = 0; a < n_aggregates; ++a)
    orthonormalise<B>(members[a], result.modes, &result.factor[a * long(kModes) * kModes]);
  update_ghosts(halo, result.aggregate.data(), 1);
  update_ghosts(halo, result.modes.data(), B * kModes);
  return result;
}

/// Sums blocks by column within one row.
class RowSum {
 public:
  RowSum(int n_columns, int block) : place_(n_columns, -1), block_(block) {}
  double* at(int column) {
    int& place = place_[column];
    if (place < 0) {
      place = static_cast<int>(columns_.size());
      columns_.push_back(column);
      values_.resize(values_.size() + block_, 0.0);
    }
    return &values_[static_cast<std::size_t>(place) * block_];
  }
  /// Appends the row and forgets it.
  void finish(BlockMatrix<double>& matrix) {
    matrix.column.insert(matrix.column.end(), columns_.begin(), columns_.end());
    matrix.value.insert(matrix.value.end(), values_.begin(), values_.end());
    matrix.begin.push_back(static_cast<long>(matrix.column.size()));
    for (const int column : columns_) place_[column] = -1;
    columns_.clear();
    values_.clear();
  }

 private:
  std::vector<int> place_;
  int block_;
  std::vector<int> columns_;
  std::vector<double> values_;
};

/// Global numbers that occur, ascending.
std::vector<int> occurring(std::vector<int> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (!ids.empty() && ids.front() < 0) ids.erase(ids.begin());
  return ids;
}

int place_of(const std::vector<int>& ids, int id) {
  return static_cast<int>(std::lower_bound(ids.begin(), ids.end(), id) - ids.begin());
}

/// Owned rows of (I - damping D⁻¹A) P0; columns are global.
template <int B>
BlockMatrix<double> smooth(const LevelDraft& level, const Tentative<B>& tentative,
                           const std::vector<double>& inverse, double damping) {
  const BlockMatrix<double>& a = level.matrix;
  const std::vector<int> ids = occurring(tentative.aggregate);
  std::vector<int> place;
  for (const int aggregate : tentative.aggregate)
    place.push_back(aggregate < 0 ? -1 : place_of(ids, aggregate));
  BlockMatrix<double> p;
  p.rows = B;
  p.columns = kModes;
  RowSum sum(static_cast<int>(ids.size()), B * kModes);
  for (int i = 0; i < a.n(); ++i) {
    const std::size_t first = p.column.size();
    if (place[i] >= 0)
      for (long k = a.begin[i]; k < a.begin[i + 1]; ++k) {
        const int j = a.column[k];
        if (place[j] < 0) continue;
        add_product<B, B, kModes>(&a.value[k * B * B], &tentative.modes[j * long(B) * kModes],
                                  sum.at(place[j]));
      }
    sum.finish(p);
    for (std::size_t k = first; k < p.column.size(); ++k) {
      double product[B * kModes] = {};
      add_product<B, B, kModes>(&inverse[i * long(B) * B], &p.value[k * B * kModes], product);
      for (int c = 0; c < B * kModes; ++c) p.value[k * B * kModes + c] = -damping * product[c];
      if (p.column[k] == place[i])
        for (int c = 0; c < B * kModes; ++c)
          p.value[k * B * kModes + c] += tentative.modes[i * long(B) * kModes + c];
      p.column[k] = ids[p.column[k]];
    }
  }
  return p;
}

/// The owners' rows of this rank's ghosts, appended in their order. Collective.
void append_ghost_rows(const Halo& halo, BlockMatrix<double>& p) {
  const std::size_t ranks = halo.begins.size() - 1;
  std::vector<std::vector<int>> columns(ranks);
  std::vector<std::vector<double>> values(ranks);
  for (std::size_t n = 0; n < halo.ranks.size(); ++n)
    for (const int i : halo.owned[n]) {
      auto& list = columns[halo.ranks[n]];
      list.push_back(static_cast<int>(p.begin[i + 1] - p.begin[i]));
      list.insert(list.end(), p.column.begin() + p.begin[i], p.column.begin() + p.begin[i + 1]);
      auto& numbers = values[halo.ranks[n]];
      numbers.insert(numbers.end(), p.value.begin() + p.begin[i] * p.size(),
                     p.value.begin() + p.begin[i + 1] * p.size());
    }
  columns = exchange_lists(halo.comm, columns);
  values = exchange_lists(halo.comm, values);
  for (std::size_t r = 0; r < ranks; ++r) {
    for (std::size_t at = 0; at < columns[r].size(); at += columns[r][at] + 1) {
      p.column.insert(p.column.end(), columns[r].begin() + static_cast<long>(at) + 1,
                      columns[r].begin() + static_cast<long>(at) + 1 + columns[r][at]);
      p.begin.push_back(static_cast<long>(p.column.size()));
    }
    p.value.insert(p.value.end(), values[r].begin(), values[r].end());
  }
}

/// Rows of PᵀAP for every coarse block that this rank's rows touch; columns are places in `ids`.
/// `p` has the rows of ghosts, its columns are places.
template <int B>
BlockMatrix<double> triple_product(const BlockMatrix<double>& a, const BlockMatrix<double>& p,
                                   int n_ids) {
  constexpr int kCoarse = kModes * kModes;
  BlockMatrix<double> ap;
  RowSum sum(n_ids, B * kModes);
  for (int i = 0; i < a.n(); ++i) {
    for (long k = a.begin[i]; k < a.begin[i + 1]; ++k)
      for (long l = p.begin[a.column[k]]; l < p.begin[a.column[k] + 1]; ++l)
        add_product<B, B, kModes>(&a.value[k * B * B], &p.value[l * B * kModes],
                                  sum.at(p.column[l]));
    sum.finish(ap);
  }
  std::vector<std::vector<std::pair<int, long>>> users(n_ids);  // row and block of P
  for (int i = 0; i < a.n(); ++i)
    for (long k = p.begin[i]; k < p.begin[i + 1]; ++k) users[p.column[k]].push_back({i, k});
  BlockMatrix<double> product;
  product.rows = product.columns = kModes;
  RowSum coarse(n_ids, kCoarse);
  for (const auto& rows : users) {
    for (const auto& [i, k] : rows)
      for (long l = ap.begin[i]; l < ap.begin[i + 1]; ++l)
        add_transposed_product<kModes, B, kModes>(
            &p.value[k * B * kModes], &ap.value[l * B * kModes], coarse.at(ap.column[l]));
    coarse.finish(product);
  }
  return product;
}

/// Rows of other ranks go home; returns what came: row, count, columns; and its values by rank.
struct Contributions {
  std::vector<std::vector<int>> columns;
  std::vector<std::vector<double>> values;
};

Contributions send_home(const BlockMatrix<double>& product, const std::vector<int>& ids,
                        const Halo& coarse) {
  Contributions c;
  const std::size_t ranks = coarse.begins.size() - 1;
  c.columns.resize(ranks);
  c.values.resize(ranks);
  for (int row = 0; row < product.n(); ++row) {
    if (coarse.owns(ids[row])) continue;
    const int owner = coarse.owner(ids[row]);
    c.columns[owner].push_back(ids[row]);
    c.columns[owner].push_back(static_cast<int>(product.begin[row + 1] - product.begin[row]));
    for (long k = product.begin[row]; k < product.begin[row + 1]; ++k)
      c.columns[owner].push_back(ids[product.column[k]]);
    c.values[owner].insert(c.values[owner].end(),
                           product.value.begin() + product.begin[row] * product.size(),
                           product.value.begin() + product.begin[row + 1] * product.size());
  }
  c.columns = exchange_lists(coarse.comm, c.columns);
  c.values = exchange_lists(coarse.comm, c.values);
  return c;
}

/// Owned rows with all contributions; makes the ghosts of `coarse`.
BlockMatrix<double> assemble(const BlockMatrix<double>& product, const std::vector<int>& ids,
                             Halo& coarse) {
  const Contributions c = send_home(product, ids, coarse);
  struct Part {
    const int* columns;
    const double* values;
    int count;
  };
  std::vector<std::vector<Part>> parts(coarse.n_own);
  std::vector<int> all;
  for (std::size_t r = 0; r < c.columns.size(); ++r) {
    const double* values = c.values[r].data();
    for (std::size_t at = 0; at < c.columns[r].size(); at += c.columns[r][at + 1] + 2) {
      const int count = c.columns[r][at + 1];
      const int* columns = &c.columns[r][at + 1] + 1;
      parts[c.columns[r][at] - coarse.first].push_back({columns, values, count});
      all.insert(all.end(), columns, columns + count);
      values += static_cast<long>(count) * product.size();
    }
  }
  all.insert(all.end(), ids.begin(), ids.end());
  all = occurring(std::move(all));
  all.erase(std::remove_if(all.begin(), all.end(), [&](int id) { return coarse.owns(id); }),
            all.end());
  add_ghosts(coarse, all);
  BlockMatrix<double> matrix;
  matrix.rows = matrix.columns = kModes;
  RowSum sum(coarse.n_local(), matrix.size());
  for (int own = 0; own < coarse.n_own; ++own) {
    const auto add = [&](int id, const double* from) {
      double* to = sum.at(coarse.local(id));
      for (int i = 0; i < matrix.size(); ++i) to[i] += from[i];
    };
    const int row = place_of(ids, coarse.first + own);
    if (row < static_cast<int>(ids.size()) && ids[row] == coarse.first + own)
      for (long k = product.begin[row]; k < product.begin[row + 1]; ++k)
        add(ids[product.column[k]], &product.value[k * matrix.size()]);
    for (const Part& part : parts[own])
      for (int k = 0; k < part.count; ++k)
        add(part.columns[k], part.values + static_cast<long>(k) * matrix.size());
    sum.finish(matrix);
  }
  return matrix;
}

/// Modes that an aggregate has not are identities, of the size of the others.
void fill_missing(const std::vector<double>& factor, BlockMatrix<double>& matrix) {
  for (int i = 0; i < matrix.n(); ++i)
    for (long k = matrix.begin[i]; k < matrix.begin[i + 1]; ++k) {
      if (matrix.column[k] != i) continue;
      double* block = &matrix.value[k * matrix.size()];
      double largest = 0;
      for (int m = 0; m < kModes; ++m) largest = std::max(largest, block[kModes * m + m]);
      for (int m = 0; m < kModes; ++m)
        if (factor[(i * long(kModes) + m) * kModes + m] == 0) block[kModes * m + m] = largest;
    }
}

template <int B>
Coarsened coarsen_blocks(const LevelDraft& level, const std::vector<int>& aggregates,
                         int n_aggregates, const std::vector<double>& inverse, double largest) {
  constexpr double kDamping = 4.0 / 3;
  Coarsened result;
  Halo& coarse = result.draft.halo;
  coarse = number_blocks(level.halo.comm, n_aggregates);
  Tentative<B> tentative = make_tentative<B>(level, aggregates, n_aggregates, coarse);
  BlockMatrix<double> p = smooth<B>(level, tentative, inverse, kDamping / largest);
  append_ghost_rows(level.halo, p);
  const std::vector<int> ids = occurring(p.column);
  for (int& column : p.column) column = place_of(ids, column);
  const auto product = triple_product<B>(level.matrix, p, static_cast<int>(ids.size()));
  result.draft.matrix = assemble(product, ids, coarse);
  fill_missing(tentative.factor, result.draft.matrix);
  result.draft.modes = std::move(tentative.factor);
  result.draft.apart.assign(n_aggregates, -1);
  for (int i = 0; i < level.halo.n_own; ++i)
    if (level.apart[i] >= 0 && aggregates[i] >= 0)
      result.draft.apart[aggregates[i]] = level.apart[i];
  p.begin.resize(level.halo.n_own + 1);
  p.column.resize(p.begin.back());
  p.value.resize(p.begin.back() * p.size());
  for (int& column : p.column) column = coarse.local(ids[column]);
  result.prolongation = std::move(p);
  return result;
}

}  // namespace

Coarsened coarsen(const LevelDraft& level, const std::vector<int>& aggregates, int n_aggregates,
                  const std::vector<double>& inverse, double largest) {
  if (level.matrix.rows == 3)
    return coarsen_blocks<3>(level, aggregates, n_aggregates, inverse, largest);
  return coarsen_blocks<kModes>(level, aggregates, n_aggregates, inverse, largest);
}

}  // namespace proofload::solver
