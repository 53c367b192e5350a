#include "kinematics.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <sstream>

#include "distributed_support.h"
#include "holds.h"
#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

using google::protobuf::RepeatedField;

Eigen::Vector3d point_or_centroid(const RepeatedField<double>& point, const Place& place) {
  return vec3(point, place.facts.centroid);
}

/// Root mean square distance of the face from the point.
double rotation_length(const Place& place, const Eigen::Vector3d& point) {
  const double square = place.facts.second_moment.trace() / place.facts.area +
                        (place.facts.centroid - point).squaredNorm();
  return square > 0 ? std::sqrt(square) : 1.0;
}

RigidGroup make_group(const Place& place, const std::string& name, const Eigen::Vector3d& point) {
  RigidGroup group;
  group.name = name;
  group.nodes = place.nodes;
  group.point = point;
  group.length = rotation_length(place, point);
  return group;
}

void add_rigid_groups(const Places& places, const Supports& supports, const v1::LoadCase& load_case,
                      KinematicSet& set) {
  std::vector<std::string> done;
  for (const v1::Support& support : supports) {
    if (!support.has_rigid()) continue;
    const Place& place = places.at(support.at());
    set.rigid_groups.push_back(
        make_group(place, support.name(), point_or_centroid(support.rigid().point_mm(), place)));
    set.rigid_groups.back().fixed = fixed_motions(support.rigid());
    done.push_back(support.at());
  }
  for (const v1::Load& load : load_case.loads()) {
    if (!load.has_rigid() || std::count(done.begin(), done.end(), load.at())) continue;
    const Place& place = places.at(load.at());
    set.rigid_groups.push_back(
        make_group(place, "load " + load.at(), point_or_centroid(load.rigid().point_mm(), place)));
    done.push_back(load.at());
  }
}

void add_foundation(const Places& places, const v1::Support& support, int index,
                    KinematicSet& set) {
  const FacePart& faces = *places.at(support.at()).faces;
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    FoundationFace face;
    std::copy_n(&faces.faces[6 * f], 6, face.nodes.begin());
    face.normal_n_per_mm3 = support.elastic_foundation().normal_n_per_mm3();
    face.tangential_n_per_mm3 = support.elastic_foundation().tangential_n_per_mm3();
    face.support = index;
    set.foundation.push_back(face);
  }
}

void add_supports(const MeshPart& part, const Places& places, const Supports& supports,
                  KinematicSet& set) {
  int group = 0;
  for (const v1::Support& support : supports) {
    SupportInfo info;
    info.name = support.name();
    info.place = support.at();
    if (support.has_elastic_foundation()) {
      add_foundation(places, support, static_cast<int>(set.supports.size()), set);
    } else if (support.has_distributed()) {
      info.distributed = static_cast<int>(set.distributed.size());
      set.distributed.push_back(make_distributed(part, places.at(support.at()), support));
    } else {
      info.nodes = places.at(support.at()).nodes;
    }
    if (support.has_rigid()) info.rigid_group = group++;
    set.supports.push_back(info);
  }
}

std::vector<NodeConstraint> constraints_of(const MeshPart& part, const std::vector<Hold>& holds) {
  std::vector<Eigen::Matrix3d> sums(part.n_local(), Eigen::Matrix3d::Zero());
  for (const Hold& hold : holds) {
    for (std::size_t i = 0; i < hold.nodes.size(); ++i) sums[hold.nodes[i]] += hold.at(i);
  }
  std::vector<NodeConstraint> constraints;
  for (std::int32_t node = 0; node < part.n_local(); ++node) {
    if (sums[node].trace() <= 0) continue;
    constraints.push_back({node, Eigen::Matrix3d::Identity() - range_projector(sums[node])});
  }
  return constraints;
}

std::string text(const Eigen::Vector3d& p) {
  std::ostringstream out;
  out << "(" << p[0] << ", " << p[1] << ", " << p[2] << ") mm";
  return out.str();
}

/// A node can be moved by one rigid face only, and by nothing else.
void check_overlap(const MeshPart& part, const KinematicSet& set) {
  std::vector<int> group_of(part.n_local(), -1);
  const auto fail = [&](std::int32_t node, const std::string& first, const std::string& second) {
    throw InvalidInput({{"RIGID_OVERLAP", "supports", 0, 0,
                         "the node at " + text(node_point(part, node)) + " is on rigid face '" +
                             first + "' and on '" + second + "'",
                         "give the two places no common edge, or join them to one place"}});
  };
  for (std::size_t g = 0; g < set.rigid_groups.size(); ++g) {
    for (const std::int32_t node : set.rigid_groups[g].nodes) {
      if (group_of[node] >= 0) {
        fail(node, set.rigid_groups[group_of[node]].name, set.rigid_groups[g].name);
      }
      group_of[node] = static_cast<int>(g);
    }
  }
  for (const NodeConstraint& constraint : set.constraints) {
    const int group = group_of[constraint.node];
    if (group >= 0) {
      fail(constraint.node, set.rigid_groups[group].name, "another support or prescribed motion");
    }
  }
  for (const DistributedSupport& support : set.distributed) {
    for (const std::int32_t node : support.nodes) {
      if (group_of[node] >= 0) fail(node, set.rigid_groups[group_of[node]].name, support.name);
    }
  }
}

}  // namespace

std::array<bool, 6> fixed_motions(const v1::RemotePoint& remote) {
  std::array<bool, 6> fixed{};
  if (remote.fix().empty()) fixed.fill(true);
  for (const int axis : remote.fix()) {
    if (axis >= v1::Axis::x && axis <= v1::Axis::rz) fixed[axis - v1::Axis::x] = true;
  }
  return fixed;
}

const Supports& supports_of(const v1::Case& value, const v1::LoadCase& load_case) {
  return load_case.supports().empty() ? value.supports() : load_case.supports();
}

std::string kinematics_key(const Supports& supports, const v1::LoadCase& load_case) {
  std::ostringstream key;
  for (const v1::Support& support : supports) key << support.SerializeAsString() << '\n';
  for (const v1::Load& load : load_case.loads()) {  // a load that holds nothing adds nothing
    if (load.has_rigid()) {
      key << "rigid " << load.at();
      for (const double x : load.rigid().point_mm()) key << ' ' << std::hexfloat << x;
      key << '\n';
    } else if (load.has_prescribed_mm()) {
      const v1::Prescribed& p = load.prescribed_mm();
      const bool all = p.gradient_size() == 9;
      key << "held " << load.at() << (all || p.has_x()) << (all || p.has_y()) << (all || p.has_z())
          << '\n';
    } else if (load.has_manufactured()) {
      key << "held " << load.at() << "111\n";
    }
  }
  return key.str();
}

std::vector<std::string> rigid_places(const Supports& supports, const v1::LoadCase& load_case) {
  std::vector<std::string> places;
  for (const v1::Support& support : supports) {
    if (support.has_rigid()) places.push_back(support.at());
  }
  for (const v1::Load& load : load_case.loads()) {
    if (load.has_rigid() && !std::count(places.begin(), places.end(), load.at())) {
      places.push_back(load.at());
    }
  }
  return places;
}

KinematicSet build_kinematics(const MeshPart& part, const Places& places, const Supports& supports,
                              const v1::LoadCase& load_case) {
  KinematicSet set;
  add_rigid_groups(places, supports, load_case, set);
  add_supports(part, places, supports, set);
  set.constraints = constraints_of(part, holds_of(part, places, supports, load_case));
  on_all_ranks(part.comm, [&] { check_overlap(part, set); });
  check_independent(part, set);
  return set;
}

namespace {

/// The value at a node that meets all holds there; throws where there is none.
class NodeValues {
 public:
  explicit NodeValues(const MeshPart& part)
      : part_(part),
        sums_(part.n_local(), Eigen::Matrix3d::Zero()),
        right_(part.n_local(), Eigen::Vector3d::Zero()) {}

  void add(const Hold& hold) {
    for (std::size_t i = 0; i < hold.nodes.size(); ++i) {
      const std::int32_t node = hold.nodes[i];
      sums_[node] += hold.at(i);
      right_[node] += hold.at(i) * value(hold, node);
    }
  }

  std::vector<double> solve() const {
    std::vector<double> values(3 * static_cast<std::size_t>(part_.n_local()), 0.0);
    for (std::int32_t node = 0; node < part_.n_local(); ++node) {
      if (sums_[node].trace() <= 0) continue;
      const Eigen::Matrix3d range = range_projector(sums_[node]);
      const Eigen::Matrix3d inverse = (sums_[node] + Eigen::Matrix3d::Identity() - range).inverse();
      at_node(values, node) = range * inverse * right_[node];
    }
    return values;
  }

  void check(const Hold& hold, const std::vector<double>& values) const {
    double scale = 0;
    for (const double v : values) scale = std::max(scale, std::abs(v));
    for (std::size_t i = 0; i < hold.nodes.size(); ++i) {
      const std::int32_t node = hold.nodes[i];
      const Eigen::Vector3d given = value(hold, node);
      const Eigen::Vector3d got = at_node(values, node);
      if ((hold.at(i) * (got - given)).norm() <= 1e-6 * std::max(scale, given.norm())) continue;
      throw InvalidInput({{"PRESCRIBED_CONFLICT", "load_cases", 0, 0,
                           "the node at " + text(node_point(part_, node)) + " is on '" + hold.name +
                               "' and on another place that asks for other "
                               "displacements",
                           "leave a gap between the places, or make their values agree"}});
    }
  }

 private:
  Eigen::Vector3d value(const Hold& hold, std::int32_t node) const {
    return hold.value ? hold.value(node_point(part_, node)) : Eigen::Vector3d::Zero();
  }

  const MeshPart& part_;
  std::vector<Eigen::Matrix3d> sums_;
  std::vector<Eigen::Vector3d> right_;
};

}  // namespace

std::vector<double> prescribed_values(const MeshPart& part, const Places& places,
                                      const Supports& supports, const v1::LoadCase& load_case) {
  const std::vector<Hold> holds = holds_of(part, places, supports, load_case);
  const bool any =
      std::any_of(holds.begin(), holds.end(), [](const Hold& h) { return bool(h.value); });
  if (!any) return {};
  NodeValues nodes(part);
  for (const Hold& hold : holds) nodes.add(hold);
  const std::vector<double> values = nodes.solve();
  on_all_ranks(part.comm, [&] {
    for (const Hold& hold : holds) nodes.check(hold, values);
  });
  return values;
}

}  // namespace proofload::solver
