#include "block_eigensolver.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <sstream>

#include "proofload/solver/collective.h"
#include "small_eigenproblem.h"

namespace proofload::solver {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Small = Eigen::Matrix<double, kColumns, kColumns, Eigen::RowMajor>;
using Coefficients = Eigen::Matrix<double, 3 * kColumns, kColumns, Eigen::RowMajor>;

/// Values sought in one turn; the other columns make these converge.
constexpr int kSoughtTogether = 5;
/// Squared share below which what an orthogonalisation leaves is rounding.
constexpr double kRounding = 1e-12;
/// Steps in which a positive value shows up if there is one that matters.
constexpr int kPatience = 40;
/// Of the tolerance, what vectors may have after they were found apart from each other.
constexpr double kJoinedShare = 2;
/// Times the iteration may go on after the recomputed error was found too great.
constexpr int kRestarts = 3;

/// A block with what the two operators make of it.
struct Block {
  AlignedVector v, k, a;
  explicit Block(std::size_t size) : v(size, 0.0), k(size, 0.0), a(size, 0.0) {}
};

class BlockIteration {
 public:
  BlockIteration(const EigenProblem& problem, const EigenOptions& options)
      : problem_(problem),
        options_(options),
        size_(static_cast<std::size_t>(problem.n) * kColumns),
        x_(size_),
        w_(size_),
        p_(size_),
        residual_(size_, 0.0) {}

  EigenResult run() {
    problem_.start(turn_, x_.v.data());
    int restarts = 0;
    while (static_cast<int>(found_.size()) < options_.count) {
      wanted_ = std::min(kSoughtTogether, options_.count - static_cast<int>(found_.size()));
      if (!begin()) return finish("the start vectors depend on each other");
      while (iterations_ < options_.max_iterations && !converged() && !hopeless()) step();
      // The operators' own products, not those carried along.
      if (!begin()) return finish("the vectors depend on each other");
      if (converged()) {
        keep();
        continue;
      }
      if (iterations_ >= options_.max_iterations || hopeless() || ++restarts > kRestarts)
        return finish(why_not());
    }
    return finish("");
  }

 private:
  std::vector<Small> products(const double* left, const std::vector<const double*>& right) const {
    std::vector<double> sums(right.size() * kColumns * kColumns, 0.0);
    problem_.kernels->block_products(problem_.n, left, right.data(), static_cast<int>(right.size()),
                                     sums.data());
    sum_over_ranks(problem_.comm, sums.data(), static_cast<int>(sums.size()));
    std::vector<Small> result;
    for (std::size_t r = 0; r < right.size(); ++r)
      result.push_back(Eigen::Map<const Small>(&sums[r * kColumns * kColumns]));
    return result;
  }

  void update(Block& x, Block& w, Block& p, const Coefficients& to_x, const Coefficients& to_p) {
    const auto one = [&](AlignedVector& xs, AlignedVector& ws, AlignedVector& ps) {
      problem_.kernels->block_update(problem_.n, xs.data(), ws.data(), ps.data(), to_x.data(),
                                     to_p.data());
    };
    one(x.v, w.v, p.v);
    one(x.k, w.k, p.k);
    one(x.a, w.a, p.a);
  }

  std::vector<const double*> found_vectors() const {
    std::vector<const double*> vectors;
    for (const EigenPair& pair : found_) vectors.push_back(pair.mode.data());
    return vectors;
  }
  std::vector<const double*> found_products() const {
    std::vector<const double*> vectors;
    for (const auto& k : found_k_) vectors.push_back(k.data());
    return vectors;
  }

  /// Sums over all unknowns of vectors[j] times each column; [j * kColumns + column].
  std::vector<double> shares_of(const std::vector<const double*>& vectors,
                                const AlignedVector& block) const {
    std::vector<double> shares(vectors.size() * kColumns, 0.0);
    for (std::size_t j = 0; j < vectors.size(); ++j)
      for (long i = 0; i < problem_.n; ++i)
        for (int c = 0; c < kColumns; ++c)
          shares[j * kColumns + c] += vectors[j][i] * block[i * kColumns + c];
    sum_over_ranks(problem_.comm, shares.data(), static_cast<int>(shares.size()));
    return shares;
  }

  /// block -= sum of what[j] times the share of along[j].
  void remove(const std::vector<const double*>& along, const std::vector<const double*>& what,
              AlignedVector& block) const {
    if (along.empty()) return;
    const std::vector<double> shares = shares_of(along, block);
    for (std::size_t j = 0; j < what.size(); ++j)
      for (long i = 0; i < problem_.n; ++i)
        for (int c = 0; c < kColumns; ++c)
          block[i * kColumns + c] -= shares[j * kColumns + c] * what[j][i];
  }

  /// K-orthogonal to what was found.
  void hold_apart(AlignedVector& block) const { remove(found_products(), found_vectors(), block); }

  /// Ritz vectors of x_ with fresh products, no direction; false if nothing is left of x_.
  bool begin() {
    hold_apart(x_.v);
    problem_.stiffness(x_.v.data(), x_.k.data());
    problem_.other(x_.v.data(), x_.a.data());
    const auto grams = products(x_.v.data(), {x_.k.data(), x_.a.data()});
    const SmallEigen ritz = small_eigenproblem(grams[0], grams[1]);
    width_ = static_cast<int>(ritz.values.size());
    if (width_ == 0) return false;
    Coefficients to_x = Coefficients::Zero();
    to_x.topLeftCorner(kColumns, width_) = ritz.vectors;
    for (AlignedVector* v : {&p_.v, &p_.k, &p_.a}) std::fill(v->begin(), v->end(), 0.0);
    update(x_, w_, p_, to_x, Coefficients::Zero());
    values_ = ritz.values;
    p_width_ = 0;
    x_a_p_ = p_a_p_ = Small::Zero();
    measure();
    return true;
  }

  /// Residuals of x_, what the preconditioner makes of them, and errors; `apart`: without their
  /// shares in what was found, which a common step at the end takes care of.
  void measure(bool apart = true) {
    double mu[kColumns] = {};
    for (int c = 0; c < width_; ++c) mu[c] = values_[c];
    double norms[3 * kColumns] = {};
    for (std::size_t i = 0; i < size_; i += kColumns)
      for (int c = 0; c < kColumns; ++c) {
        const double k = mu[c] * x_.k[i + c], r = x_.a[i + c] - k;
        residual_[i + c] = r;
        norms[c] += r * r;
        norms[kColumns + c] += k * k;
      }
    if (apart) remove(found_vectors(), found_products(), residual_);
    problem_.precondition(residual_.data(), w_.v.data());
    for (std::size_t i = 0; i < size_; i += kColumns)
      for (int c = 0; c < kColumns; ++c) norms[2 * kColumns + c] += residual_[i + c] * w_.v[i + c];
    sum_over_ranks(problem_.comm, norms, 3 * kColumns);
    errors_.assign(width_, 1.0);
    residuals_.assign(width_, 1.0);
    for (int c = 0; c < width_; ++c) {
      errors_[c] = std::sqrt(norms[2 * kColumns + c]) / std::abs(mu[c]);
      residuals_[c] = std::sqrt(norms[c] / norms[kColumns + c]);
    }
  }

  /// Only negative values after many steps: those near zero, of which there is no end, are left.
  bool hopeless() const { return iterations_ >= kPatience && !(values_[0] > 0); }

  bool converged(int column) const {
    return column < width_ && values_[column] > 0 && errors_[column] <= options_.tolerance;
  }

  bool converged() const {
    for (int c = 0; c < wanted_; ++c)
      if (!converged(c)) return false;
    return true;
  }

  /// Steps of converged vectors are noise; what x and p hold already makes the basis dependent.
  void clean_step() {
    for (int c = 0; c < kColumns; ++c) {
      if (c < width_ && !converged(c)) continue;
      for (long i = 0; i < problem_.n; ++i) w_.v[i * kColumns + c] = 0;
    }
    hold_apart(w_.v);
    const auto shares = products(w_.v.data(), {x_.k.data(), p_.k.data()});
    Coefficients to_w, to_p = Coefficients::Zero();
    to_w << Small::Identity(), -shares[0].transpose(), -shares[1].transpose();
    to_p.bottomRows<kColumns>().setIdentity();
    problem_.kernels->block_update(problem_.n, w_.v.data(), x_.v.data(), p_.v.data(), to_w.data(),
                                   to_p.data());
  }

  /// One step: the best kColumns vectors in the space of x, the preconditioned residuals, and the
  /// direction before.
  void step() {
    ++iterations_;
    clean_step();
    problem_.stiffness(w_.v.data(), w_.k.data());
    problem_.other(w_.v.data(), w_.a.data());
    const auto w = products(w_.v.data(), {x_.k.data(), w_.k.data(), p_.k.data(), x_.a.data(),
                                          w_.a.data(), p_.a.data()});
    MatrixXd gram = MatrixXd::Zero(3 * kColumns, 3 * kColumns), h = gram;
    for (int c = 0; c < width_; ++c) {
      gram(c, c) = 1;
      h(c, c) = values_[c];
    }
    for (int c = 0; c < p_width_; ++c) gram(2 * kColumns + c, 2 * kColumns + c) = 1;
    const auto set = [](MatrixXd& m, int row, int column, const Small& value) {
      m.block<kColumns, kColumns>(row * kColumns, column * kColumns) = value;
      m.block<kColumns, kColumns>(column * kColumns, row * kColumns) = value.transpose();
    };
    const auto symmetric = [](const Small& m) -> Small { return 0.5 * (m + m.transpose()); };
    set(gram, 1, 0, w[0]);
    set(gram, 1, 1, symmetric(w[1]));
    set(gram, 1, 2, w[2]);
    set(h, 1, 0, w[3]);
    set(h, 1, 1, symmetric(w[4]));
    set(h, 1, 2, w[5]);
    set(h, 0, 2, x_a_p_);
    set(h, 2, 2, symmetric(p_a_p_));
    advance(gram, h);
    measure();
  }

  void advance(const MatrixXd& gram, const MatrixXd& h) {
    const SmallEigen ritz = small_eigenproblem(gram, h);
    width_ = std::min<int>(kColumns, static_cast<int>(ritz.values.size()));
    values_ = ritz.values.head(width_);
    Coefficients to_x = Coefficients::Zero(), to_p = Coefficients::Zero();
    to_x.leftCols(width_) = ritz.vectors.leftCols(width_);
    // Direction: the step without its share in x, made orthonormal to the new x.
    MatrixXd direction = to_x;
    direction.topRows(kColumns).setZero();
    const VectorXd before = (direction.transpose() * gram * direction).diagonal();
    for (int pass = 0; pass < 2; ++pass)
      direction -= to_x * (to_x.transpose() * gram * direction).eval();
    const VectorXd after = (direction.transpose() * gram * direction).diagonal();
    for (int c = 0; c < kColumns; ++c)
      if (!(after[c] > kRounding * before[c]) || !(before[c] > kRounding * kRounding))
        direction.col(c).setZero();
    const MatrixXd none = MatrixXd::Zero(kColumns, kColumns);
    const SmallEigen basis = small_eigenproblem(direction.transpose() * gram * direction, none);
    p_width_ = static_cast<int>(basis.values.size());
    if (p_width_ > 0) to_p.leftCols(p_width_) = direction * basis.vectors;
    update(x_, w_, p_, to_x, to_p);
    x_a_p_ = to_x.transpose() * h * to_p;
    p_a_p_ = to_p.transpose() * h * to_p;
  }

  /// Takes the wanted vectors out of x_; new ones take their columns.
  void keep() {
    for (int c = 0; c < wanted_; ++c) {
      EigenPair pair;
      pair.value = values_[c];
      pair.error = errors_[c];
      pair.residual = residuals_[c];
      std::vector<double> k(problem_.n);
      pair.mode.resize(problem_.n);
      for (long i = 0; i < problem_.n; ++i) {
        pair.mode[i] = x_.v[i * kColumns + c];
        k[i] = x_.k[i * kColumns + c];
      }
      found_.push_back(std::move(pair));
      found_k_.push_back(std::move(k));
    }
    if (static_cast<int>(found_.size()) >= options_.count) return;
    problem_.start(++turn_, w_.v.data());
    for (long i = 0; i < problem_.n; ++i)
      std::copy_n(&w_.v[i * kColumns], wanted_, &x_.v[i * kColumns]);
  }

  std::string why_not() const {
    std::ostringstream text;
    const std::size_t n = found_.size();
    if (width_ == 0 || !(values_[0] > 0)) {
      text << "no positive value was found (a load that only pulls has none)";
    } else {
      text << n << " of " << options_.count << " values converged";
      for (int c = 0; c < wanted_; ++c)
        if (!converged(c)) {
          text << "; the error of number " << n + c + 1 << " is "
               << (c < width_ ? errors_[c] : 1.0);
          break;
        }
    }
    text << " after " << iterations_ << " iterations";
    return text.str();
  }

  /// Vectors of several turns, once more together: best in the space they span, their errors anew.
  /// Those from the first one on that is not good enough are dropped.
  void join_turns() {
    const int n = static_cast<int>(found_.size());
    MatrixXd gram(n, n), h(n, n);
    std::vector<std::vector<double>> a(n, std::vector<double>(problem_.n));
    for (int first = 0; first < n; first += kColumns) {
      const int width = std::min(kColumns, n - first);
      load_found(first, width);
      for (long i = 0; i < problem_.n; ++i)
        for (int c = 0; c < width; ++c) {
          found_k_[first + c][i] = x_.k[i * kColumns + c];
          a[first + c][i] = x_.a[i * kColumns + c];
        }
      const auto k_shares = shares_of(found_vectors(), x_.k),
                 a_shares = shares_of(found_vectors(), x_.a);
      for (int j = 0; j < n; ++j)
        for (int c = 0; c < width; ++c) {
          gram(j, first + c) = k_shares[j * kColumns + c];
          h(j, first + c) = a_shares[j * kColumns + c];
        }
    }
    const SmallEigen ritz = small_eigenproblem(gram, h);
    if (ritz.values.size() < n) return found_.clear();
    mix_found(ritz.vectors);
    for (int first = 0; first < n; first += kColumns) {
      width_ = std::min(kColumns, n - first);
      values_ = ritz.values.segment(first, width_);
      load_found(first, width_);
      measure(false);
      for (int c = 0; c < width_; ++c) {
        EigenPair& pair = found_[first + c];
        pair.value = values_[c];
        pair.error = errors_[c];
        pair.residual = residuals_[c];
      }
    }
    const auto bad = std::find_if(found_.begin(), found_.end(), [&](const EigenPair& pair) {
      return !(pair.value > 0 && pair.error <= kJoinedShare * options_.tolerance);
    });
    found_.erase(bad, found_.end());
  }

  /// Some of what was found to x_, with fresh products.
  void load_found(int first, int width) {
    std::fill(x_.v.begin(), x_.v.end(), 0.0);
    for (int c = 0; c < width; ++c)
      for (long i = 0; i < problem_.n; ++i) x_.v[i * kColumns + c] = found_[first + c].mode[i];
    problem_.stiffness(x_.v.data(), x_.k.data());
    problem_.other(x_.v.data(), x_.a.data());
  }

  void mix_found(const MatrixXd& vectors) {
    VectorXd row(static_cast<Eigen::Index>(found_.size()));
    for (long i = 0; i < problem_.n; ++i) {
      for (std::size_t j = 0; j < found_.size(); ++j) row[j] = found_[j].mode[i];
      row = vectors.transpose() * row;
      for (std::size_t j = 0; j < found_.size(); ++j) found_[j].mode[i] = row[j];
    }
  }

  /// Leading pairs of this turn that did converge are results as well.
  EigenResult finish(const std::string& failure) {
    if (!failure.empty()) {
      int leading = 0;
      while (leading < wanted_ && converged(leading)) ++leading;
      wanted_ = leading;
      if (leading > 0) keep();
    }
    const std::size_t n = found_.size();
    if (turn_ > 0) join_turns();
    EigenResult result;
    result.pairs = std::move(found_);
    result.iterations = iterations_;
    result.failure = failure;
    result.no_positive = result.pairs.empty() && width_ > 0 && !(values_[0] > 0);
    if (failure.empty() && result.pairs.size() < n)
      result.failure = "the vectors of several turns do not fit together";
    return result;
  }

  const EigenProblem& problem_;
  const EigenOptions& options_;
  std::size_t size_;
  Block x_, w_, p_;
  AlignedVector residual_;
  std::vector<EigenPair> found_;
  std::vector<std::vector<double>> found_k_;
  VectorXd values_;
  std::vector<double> errors_, residuals_;
  Small x_a_p_, p_a_p_;
  int width_ = 0, p_width_ = 0, wanted_ = 0, iterations_ = 0, turn_ = 0;
};

}  // namespace

EigenResult greatest_eigenpairs(const EigenProblem& problem, const EigenOptions& options) {
  return BlockIteration(problem, options).run();
}

}  // namespace proofload::solver
