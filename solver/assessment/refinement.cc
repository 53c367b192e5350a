#include "refinement.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "level_fields.h"
#include "proofload/core/vec3.h"
#include "proofload/fatigue/multiaxial.h"

namespace proofload::assessment {

namespace {

constexpr double kExtra = 0.6;  // further fall of size where a target asks for it
constexpr double kHot = 0.9;    // part of the peak stress that counts as peak
constexpr double kFewNodes = 100;
constexpr double kConcentrated = 0.02;  // of a body's nodes: more are no concentration,
constexpr double kInexact = 0.1;        // unless the levels have shown that it is not exact
constexpr double kFormalOrder = 2;      // of the stress in quadratic cells
constexpr int kSweeps = 60;
constexpr int kTets[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}};

/// A quantity that decides; empty body or load case: any.
struct Deciding {
  std::string name, body, load_case;
};

std::vector<Deciding> deciding(const DesignData& design) {
  std::vector<Deciding> out;
  for (const v1::Criterion& criterion : design.value.criteria()) {
    const bool fatigue = criterion.quantity().rfind("fatigue_", 0) == 0;
    out.push_back({fatigue ? "max_von_mises_mpa" : criterion.quantity(), criterion.body(),
                   criterion.load_case()});
  }
  if (out.empty()) out = {{"displacement_mm", "", ""}, {"max_von_mises_mpa", "", ""}};
  if (design.kind != DesignKind::kImplant) {
    out.push_back({"axial_stiffness_n_per_mm", "", ""});
    out.push_back({"first_yield_load_n", "", ""});
  }
  return out;
}

bool decides(const std::vector<Deciding>& wanted, const v1::Quantity& q) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const Deciding& one) {
    return one.name == q.name() && (one.body.empty() || one.body == q.body()) &&
           (one.load_case.empty() || one.load_case == q.load_case());
  });
}

bool is_bone(const v1::Case& value, const std::string& body) {
  for (const v1::Body& one : value.bodies()) {
    if (one.name() == body) return one.role() == v1::Role::bone;
  }
  return false;
}

/// As the solver gave it, before the levels were compared.
bool at_an_edge(const DesignData& design, const v1::Quantity& q) {
  for (const v1::Quantity& given : design.finest()->solve.quantities()) {
    if (given.name() == q.name() && given.load_case() == q.load_case() &&
        given.body() == q.body()) {
      return given.unresolved();
    }
  }
  return false;
}

/// What the size field is made from: corner nodes, their size now, and how much more is asked.
class Sizes {
 public:
  explicit Sizes(const io::Mesh& mesh) : mesh_(mesh), corner_(mesh.n_nodes(), -1) {
    for (std::int64_t cell = 0; cell < mesh.n_cells(); ++cell) {
      for (int k = 0; k < 4; ++k) {
        std::int32_t& corner = corner_[mesh.cells[10 * cell + k]];
        if (corner >= 0) continue;
        corner = static_cast<std::int32_t>(node_.size());
        node_.push_back(mesh.cells[10 * cell + k]);
      }
    }
    std::vector<double> cells(node_.size());
    now_.assign(node_.size(), 0);
    for (std::int64_t cell = 0; cell < mesh.n_cells(); ++cell) {
      const double size = cell_size(cell);
      for (int k = 0; k < 4; ++k) now_[corner(cell, k)] += size, cells[corner(cell, k)] += 1;
    }
    for (std::size_t i = 0; i < now_.size(); ++i) now_[i] /= cells[i];
    extra_.assign(mesh.n_nodes(), 1);
  }

  double cell_size(std::int64_t cell) const {
    const Vec3 a = at(cell, 0), b = at(cell, 1) - a, c = at(cell, 2) - a, d = at(cell, 3) - a;
    return std::cbrt(std::sqrt(2.0) * std::abs(b.cross(c).dot(d)));
  }

  /// Asks for a size of `part` of what all cells get, at a node.
  void ask(std::int32_t node, double part) {
    extra_[node] = std::min(extra_[node], std::max(part, kExtra));
  }
  void ask_about(const Vec3& place, double radius) {
    for (std::size_t i = 0; i < node_.size(); ++i) {
      const double distance = (Vec3(&mesh_.nodes[3 * std::size_t(node_[i])]) - place).norm();
      if (distance <= std::max(radius, 2 * now_[i])) ask(node_[i], kExtra);
    }
  }

  /// All nodes of the cells about what was asked for: the peak moves as the mesh does.
  void widen() {
    const std::vector<double> before = extra_;
    for (std::int64_t cell = 0; cell < mesh_.n_cells(); ++cell) {
      const std::int32_t* nodes = &mesh_.cells[10 * cell];
      double least = 1;
      for (int k = 0; k < 10; ++k) least = std::min(least, before[nodes[k]]);
      for (int k = 0; k < 10; ++k) ask(nodes[k], least);
    }
  }

  /// Sizes with the extra to the power of `share`, growing by no more than kSizeGrowth.
  io::SizeField field(double share) const {
    io::SizeField out;
    for (std::size_t i = 0; i < node_.size(); ++i) {
      const double* point = &mesh_.nodes[3 * std::size_t(node_[i])];
      out.points_mm.insert(out.points_mm.end(), point, point + 3);
      out.size_mm.push_back(now_[i] / kLevelRatio * std::pow(extra_[node_[i]], share));
    }
    grade(out.size_mm);
    return out;
  }

  /// Cells that the field will make over cells there are.
  double growth(const io::SizeField& field) const {
    double cells = 0;
    for (std::int64_t cell = 0; cell < mesh_.n_cells(); ++cell) {
      double size = 0;
      for (int k = 0; k < 4; ++k) size += field.size_mm[corner(cell, k)] / 4;
      cells += std::pow(cell_size(cell) / size, 3);
    }
    return cells / static_cast<double>(mesh_.n_cells());
  }

  bool asks_extra() const {
    return std::any_of(extra_.begin(), extra_.end(), [](double part) { return part < 1; });
  }

 private:
  std::int32_t corner(std::int64_t cell, int k) const {
    return corner_[mesh_.cells[10 * cell + k]];
  }
  Vec3 at(std::int64_t cell, int k) const {
    return Vec3(&mesh_.nodes[3 * std::size_t(mesh_.cells[10 * cell + k])]);
  }

  void grade(std::vector<double>& sizes) const {
    bool changed = true;
    for (int sweep = 0; changed && sweep < kSweeps; ++sweep) {
      changed = false;
      for (std::int64_t n = 0; n < mesh_.n_cells(); ++n) {
        const std::int64_t cell = sweep % 2 == 0 ? n : mesh_.n_cells() - 1 - n;
        for (const auto& edge : kTets) {
          double &a = sizes[corner(cell, edge[0])], &b = sizes[corner(cell, edge[1])];
          const double most = io::kSizeGrowth * (at(cell, edge[0]) - at(cell, edge[1])).norm();
          if (a > 1.001 * (b + most)) a = b + most, changed = true;
          if (b > 1.001 * (a + most)) b = a + most, changed = true;
        }
      }
    }
  }

  const io::Mesh& mesh_;
  std::vector<std::int32_t> corner_;  ///< [n_nodes] -1: a middle node
  std::vector<std::int32_t> node_;    ///< [corners]
  std::vector<double> now_;           ///< [corners] mm
  std::vector<double> extra_;         ///< [n_nodes] part of the size that all cells get
};

double radius_of(const v1::Case& value, const std::string& name) {
  for (const v1::Probe& probe : value.probes()) {
    if (probe.name() == name) return probe.average_radius_mm();
  }
  return 0;
}

/// Nodes of the body whose stress is near its greatest, if that is a concentration: where much of
/// the body bears as much, as in a rod that bends, the fall that all sizes have serves it. False:
/// it is none.
bool ask_for_peak(const LevelFields& fields, const v1::Quantity& q, Sizes& sizes) {
  const fatigue::Points points = points_of(fields, q.body());
  std::vector<double> stress;
  for (const std::int32_t pair : points.index) {
    fatigue::Stress tensor;
    for (int k = 0; k < 6; ++k) tensor[k] = points.stress[0][6 * std::size_t(pair) + k];
    stress.push_back(fatigue::von_mises(tensor));
  }
  if (stress.empty()) return false;
  const double limit = kHot * *std::max_element(stress.begin(), stress.end());
  const auto hot = [&](double value) { return value >= limit; };
  const auto count = static_cast<double>(std::count_if(stress.begin(), stress.end(), hot));
  const double part = q.has_numerical_error() ? kInexact : kConcentrated;
  if (count > std::max(kFewNodes, part * static_cast<double>(stress.size()))) return false;
  for (std::size_t i = 0; i < stress.size(); ++i) {
    if (hot(stress[i])) sizes.ask(points.node[points.index[i]], kExtra);
  }
  return true;
}

/// New sizes by the rule that reaches a total error of `wanted` (relative, energy norm) with the
/// fewest cells: r = e0^(1/p) / (e^(2/(2p+3)) (sum e^(6/(2p+3)))^(1/(2p))) of the size now.
void ask_for_energy(const LevelFields& fields, double energy, double wanted, Sizes& sizes) {
  const std::vector<double>& error = fields.results.front().cell_error;
  if (error.size() != std::size_t(fields.mesh.n_cells()) || !(energy > 0)) return;
  const double p = kFormalOrder, power = 2 / (2 * p + 3);
  double sum = 0;
  for (const double e : error) sum += std::pow(e, 3 * power);
  const double total = std::pow(wanted * std::sqrt(2 * energy), 1 / p) / std::pow(sum, 1 / (2 * p));
  for (std::int64_t cell = 0; cell < fields.mesh.n_cells(); ++cell) {
    if (!(error[cell] > 0)) continue;
    const double part = total / std::pow(error[cell], power) * kLevelRatio;
    for (int k = 0; part < 1 && k < 4; ++k) sizes.ask(fields.mesh.cells[10 * cell + k], part);
  }
}

double energy_of(const DesignData& design, const std::string& load_case) {
  for (const v1::Quantity& q : design.finest()->solve.quantities()) {
    if (q.name() == "strain_energy_nmm" && q.body().empty() && q.load_case() == load_case) {
      return q.value();
    }
  }
  return 0;
}

bool is_stress_peak(const std::string& name) {
  return name == "max_von_mises_mpa" || name == "max_principal_mpa" ||
         name == "min_principal_mpa" || name == "yield_safety_factor" ||
         name == "first_yield_load_n";
}

}  // namespace

std::vector<Target> targets(const DesignData& design) {
  std::vector<Target> out;
  const std::vector<Deciding> wanted = deciding(design);
  for (const Assessed& one : assess_levels(design)) {
    const v1::Quantity& q = one.quantity;
    if (!decides(wanted, q) || !q.has_value() || is_bone(design.value, q.body())) continue;
    if (at_an_edge(design, q)) continue;
    const double scale = std::abs(q.value());
    const double relative = !q.has_numerical_error() ? NAN
                            : scale > 0              ? q.numerical_error() / scale
                                                     : 0;
    out.push_back({q, relative});
  }
  return out;
}

SizePlan plan_sizes(const DesignData& design, const std::vector<Target>& wanting, double wanted,
                    double most_unknowns) {
  const std::string& folder = design.finest()->folder;
  const io::Mesh mesh = io::read_mesh(folder + "/mesh.h5");
  Sizes sizes(mesh);
  std::map<std::string, std::vector<const v1::Quantity*>> by_case;
  std::set<std::string> names;
  for (const Target& target : wanting) {
    if (target.relative <= wanted) continue;
    by_case[target.quantity.load_case()].push_back(&target.quantity);
  }
  for (const auto& [load_case, quantities] : by_case) {
    const LevelFields fields = read_fields(folder, {load_case});
    for (const v1::Quantity* q : quantities) {
      if (is_stress_peak(q->name()) && !q->body().empty()) {
        if (!ask_for_peak(fields, *q, sizes)) continue;
      } else if (radius_of(design.value, q->name()) > 0) {
        sizes.ask_about(vec3(q->place().point_mm()), radius_of(design.value, q->name()));
      } else if (q->has_numerical_error()) {
        ask_for_energy(fields, energy_of(design, load_case), wanted, sizes);
      } else {
        continue;
      }
      names.insert(q->name() + (q->body().empty() ? "" : " of " + q->body()));
    }
  }
  sizes.widen();
  SizePlan plan;
  const double unknowns = design.finest()->solve.unknowns_count();
  for (double share = 1; share >= 0; share -= 0.25) {
    plan.field = sizes.field(share);
    plan.predicted_unknowns = unknowns * sizes.growth(plan.field);
    plan.fits = plan.predicted_unknowns <= most_unknowns;
    if (plan.fits || !sizes.asks_extra()) break;
  }
  for (const std::string& name : names) plan.summary += (plan.summary.empty() ? "" : ", ") + name;
  return plan;
}

}  // namespace proofload::assessment
