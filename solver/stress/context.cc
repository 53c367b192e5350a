#include "context.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"

namespace proofload::solver::fields {

const v1::LoadCase& load_case_of(const Context& context) {
  for (const auto& load_case : context.value.load_cases()) {
    if (load_case.name() == context.load.name) return load_case;
  }
  throw std::runtime_error("load case '" + context.load.name + "' is not in the case");
}

std::vector<v1::Support> supports_of(const Context& context) {
  const v1::LoadCase& own = load_case_of(context);
  const auto& list = own.supports().empty() ? context.value.supports() : own.supports();
  return {list.begin(), list.end()};
}

const v1::Body* body_of(const Context& context, std::size_t body) {
  for (const auto& candidate : context.value.bodies()) {
    if (candidate.name() == context.part.body_names[body]) return &candidate;
  }
  return nullptr;
}

int body_index(const Context& context, const std::string& name) {
  for (std::size_t i = 0; i < context.part.body_names.size(); ++i) {
    if (context.part.body_names[i] == name) return static_cast<int>(i);
  }
  return -1;
}

const FacePart* place_of(const Context& context, const std::string& name) {
  for (const auto& place : context.part.places) {
    if (place.name == name) return &place;
  }
  return nullptr;
}

v1::Quantity quantity(const Context& context, const std::string& name, const std::string& unit,
                      const std::string& body) {
  v1::Quantity made;
  made.set_name(name);
  made.set_load_case(context.load.name);
  made.set_body(body);
  made.set_unit(unit);
  made.set_bound(v1::Bound::EXACT);
  return made;
}

void set_value(v1::Quantity& quantity, double value) {
  if (std::isfinite(value)) {
    quantity.set_value(value);
  } else {
    quantity.clear_value();
    quantity.set_reason("the result is not a finite number");
  }
}

void set_point(v1::Quantity& quantity, const Eigen::Vector3d& point) {
  if (point.allFinite()) set_vec3(quantity.mutable_place()->mutable_point_mm(), point);
}

Stress stress_at(const Context& context, std::int32_t pair) {
  return Eigen::Map<const Stress>(&context.stress[6 * static_cast<std::size_t>(pair)]);
}

Eigen::Vector3d displacement_at(const Context& context, std::int32_t node) {
  return Eigen::Map<const Eigen::Vector3d>(
      &context.solution.displacement[3 * static_cast<std::size_t>(node)]);
}

Eigen::Vector3d face_displacement(const Context& context, const std::int32_t* nodes,
                                  const FacePoint& point) {
  Eigen::Vector3d u = Eigen::Vector3d::Zero();
  for (int k = 0; k < 6; ++k) u += point.shape[k] * displacement_at(context, nodes[k]);
  return u;
}

NodeStress gather_stress(const Context& context, std::int32_t cell) {
  NodeStress values;
  for (int k = 0; k < 10; ++k) {
    const std::int32_t node = context.part.cells[10 * static_cast<std::size_t>(cell) + k];
    values.row(k) =
        stress_at(context, context.index.find(node, context.part.cell_body[cell])).transpose();
  }
  return values;
}

Peak find_peak(const MeshPart& part, const std::vector<std::int32_t>& nodes,
               const std::vector<double>& values) {
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  constexpr double kTie = 1e-6;
  double greatest = kNone;
  bool bad = false;
  for (const double value : values) {
    bad = bad || !std::isfinite(value);
    greatest = std::max(greatest, value);
  }
  Peak peak;
  greatest = max_over_ranks(part.comm, greatest);
  if (max_over_ranks(part.comm, bad ? 1 : 0) > 0 || greatest == kNone) return peak;

  const double least_tie = greatest - kTie * std::abs(greatest);
  const auto before = [](const double* a, const double* b) {
    for (int c = 2; c >= 0; --c) {
      if (a[c] != b[c]) return a[c] < b[c];
    }
    return false;
  };
  std::int32_t best = -1;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (values[i] < least_tie) continue;
    if (best < 0 ||
        before(&part.xyz[3 * std::size_t(nodes[i])], &part.xyz[3 * std::size_t(best)])) {
      best = nodes[i];
    }
  }
  double own[4] = {0, 0, 0, best < 0 ? 0. : 1.};
  if (best >= 0) std::copy_n(&part.xyz[3 * std::size_t(best)], 3, own);
  std::vector<double> all(4 * ranks_of(part.comm));
  MPI_Allgather(own, 4, MPI_DOUBLE, all.data(), 4, MPI_DOUBLE, part.comm);
  int winner = -1;
  for (int r = 0; r < ranks_of(part.comm); ++r) {
    if (all[4 * r + 3] == 0) continue;
    if (winner < 0 || before(&all[4 * r], &all[4 * winner])) winner = r;
  }
  peak.found = true;
  peak.value = greatest;
  peak.point = Eigen::Map<const Eigen::Vector3d>(&all[4 * winner]);
  if (winner == rank_of(part.comm)) peak.node = best;
  return peak;
}

std::vector<double> node_cell_sizes(const MeshPart& part) {
  std::vector<double> sums(2 * std::size_t(part.n_local()), 0.0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10 * std::size_t(cell)];
    const auto at = [&](int k) { return Eigen::Vector3d(&part.xyz[3 * std::size_t(nodes[k])]); };
    const double volume = (at(1) - at(0)).cross(at(2) - at(0)).dot(at(3) - at(0)) / 6;
    for (int k = 0; k < 10; ++k) {
      sums[2 * std::size_t(nodes[k])] += volume;
      sums[2 * std::size_t(nodes[k]) + 1] += 1;
    }
  }
  add_to_owners(part, sums.data(), 2);
  std::vector<double> sizes(part.n_owned);
  for (std::int32_t i = 0; i < part.n_owned; ++i) {
    sizes[i] =
        std::cbrt(6 * std::sqrt(2.0) * sums[2 * std::size_t(i)] / sums[2 * std::size_t(i) + 1]);
  }
  return sizes;
}

}  // namespace proofload::solver::fields
