#include <Eigen/Geometry>
#include <Eigen/LU>
#include <Eigen/SVD>
#include <map>

#include "../model/places.h"
#include "context.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"

namespace proofload::solver::fields {
namespace {

/// Area, first moments, mean normal and displacement integral of faces (10 numbers).
void add_first_moments(const Context& context, const FacePart& faces, double* sums) {
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    const std::int32_t* nodes = &faces.faces[6 * f];
    for (const auto& point : face_points(context.part, nodes)) {
      const double area = point.area.norm();
      const Eigen::Vector3d u = face_displacement(context, nodes, point);
      sums[0] += area;
      for (int c = 0; c < 3; ++c) {
        sums[1 + c] += area * point.x[c];
        sums[4 + c] += area * u[c];
        sums[7 + c] += point.area[c];
      }
    }
  }
}

/// Second moments about the centroid (9) and moment of the displacement (3).
void add_second_moments(const Context& context, const FacePart& faces,
                        const Eigen::Vector3d& centroid, double* sums) {
  Eigen::Map<Eigen::Matrix3d> inertia(sums);
  Eigen::Map<Eigen::Vector3d> moment(sums + 9);
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    const std::int32_t* nodes = &faces.faces[6 * f];
    for (const auto& point : face_points(context.part, nodes)) {
      const double area = point.area.norm();
      const Eigen::Vector3d r = point.x - centroid;
      const Eigen::Vector3d u = face_displacement(context, nodes, point);
      inertia += area * (r.squaredNorm() * Eigen::Matrix3d::Identity() - r * r.transpose());
      moment += area * r.cross(u);
    }
  }
}

/// Directions a support holds, one column each.
Eigen::MatrixXd held_directions(const v1::Support& support, const FaceMotion& motion) {
  if (support.slide()) return motion.normal.normalized();
  if (support.has_rigid()) return Eigen::Matrix3d::Identity();
  if (support.antisymmetric()) {
    const Eigen::Vector3d normal = motion.normal.normalized();
    Eigen::MatrixXd across(3, 2);
    across << normal.unitOrthogonal(), normal.cross(normal.unitOrthogonal());
    return across;
  }
  Eigen::MatrixXd directions(3, 0);
  for (const auto axis : support.fix()) {
    const int c = static_cast<int>(axis) - static_cast<int>(v1::Axis::x);
    if (c < 0 || c > 2) continue;
    directions.conservativeResize(3, directions.cols() + 1);
    directions.col(directions.cols() - 1) = Eigen::Vector3d::Unit(c);
  }
  return directions;
}

Eigen::MatrixXd held_directions(const v1::Prescribed& prescribed) {
  if (prescribed.gradient_size() == 9) return Eigen::Matrix3d::Identity();
  const bool held[3] = {prescribed.has_x(), prescribed.has_y(), prescribed.has_z()};
  Eigen::MatrixXd directions(3, 0);
  for (int c = 0; c < 3; ++c) {
    if (!held[c]) continue;
    directions.conservativeResize(3, directions.cols() + 1);
    directions.col(directions.cols() - 1) = Eigen::Vector3d::Unit(c);
  }
  return directions;
}

/// Owned nodes of a list that only ranks with the faces know.
std::vector<char> mark_nodes(const MeshPart& part, const std::vector<std::int32_t>& nodes) {
  std::vector<double> marks(part.n_local(), 0.0);
  for (const std::int32_t node : nodes) marks[node] = 1;
  add_to_owners(part, marks.data(), 1);
  std::vector<char> owned(part.n_owned);
  for (std::int32_t i = 0; i < part.n_owned; ++i) owned[i] = marks[i] > 0;
  return owned;
}

struct Holder {
  std::vector<char> nodes;  ///< [n_owned]
  Eigen::MatrixXd directions;
};

/// Nodal forces shared out to the holders of each node: the least forces along the directions they
/// hold that make up the force.
void add_nodal_forces(const Context& context, const std::vector<Holder>& holders,
                      std::vector<Reaction>& found) {
  for (std::int32_t node = 0; node < context.part.n_owned; ++node) {
    std::vector<std::size_t> here;
    Eigen::Index columns = 0;
    for (std::size_t h = 0; h < holders.size(); ++h) {
      if (holders[h].nodes.empty() || !holders[h].nodes[node]) continue;
      here.push_back(h);
      columns += holders[h].directions.cols();
    }
    if (columns == 0) continue;
    const Eigen::Vector3d force =
        Eigen::Map<const Eigen::Vector3d>(&context.solution.nodal_reaction[3 * std::size_t(node)]);
    if (here.size() == 1) {
      found[here[0]].force += force;
      continue;
    }
    Eigen::MatrixXd all(3, columns);
    Eigen::Index column = 0;
    for (const auto h : here) {
      all.middleCols(column, holders[h].directions.cols()) = holders[h].directions;
      column += holders[h].directions.cols();
    }
    const Eigen::VectorXd shares =
        all.jacobiSvd(Eigen::ComputeThinU | Eigen::ComputeThinV).setThreshold(1e-8).solve(force);
    column = 0;
    for (const auto h : here) {
      const Eigen::Index n = holders[h].directions.cols();
      found[h].force += holders[h].directions * shares.segment(column, n);
      column += n;
    }
  }
}

/// Springs push back: the integral of -k u over the faces of each foundation.
void add_foundation_forces(const Context& context, std::vector<Reaction>& found) {
  for (const auto& face : context.kinematics.foundation) {
    for (const auto& point : face_points(context.part, face.nodes.data())) {
      const Eigen::Vector3d u = face_displacement(context, face.nodes.data(), point);
      const Eigen::Vector3d normal = point.area.normalized();
      const Eigen::Vector3d along = normal.dot(u) * normal;
      found[face.support].force -= point.area.norm() * (face.normal_n_per_mm3 * along +
                                                        face.tangential_n_per_mm3 * (u - along));
    }
  }
}

/// Forces at remote points, the same on every rank: rank 0 brings them into the sum.
void add_distributed_forces(const Context& context, std::vector<Reaction>& found) {
  const auto& supports = context.kinematics.supports;
  for (std::size_t i = 0; i < supports.size(); ++i) {
    if (supports[i].distributed < 0 || rank_of(context.part.comm) != 0) continue;
    found[i].force += Eigen::Vector3d(context.solution.distributed[supports[i].distributed].data());
  }
}

void sum_forces(MPI_Comm comm, std::vector<Reaction>& found) {
  for (auto& reaction : found) sum_over_ranks(comm, reaction.force.data(), 3);
}

}  // namespace

namespace {

Eigen::Vector3d remote_point(const KinematicSet& set, const SupportInfo& info,
                             const Eigen::Vector3d& centroid) {
  if (info.rigid_group >= 0) return set.rigid_groups[info.rigid_group].point;
  if (info.distributed >= 0) return set.distributed[info.distributed].point;
  return centroid;
}

}  // namespace

FaceMotion face_motion(const Context& context, const std::string& place) {
  const FacePart* faces = place_of(context, place);
  FaceMotion motion;
  double first[10] = {}, second[12] = {};
  if (faces) add_first_moments(context, *faces, first);
  sum_over_ranks(context.part.comm, first, 10);
  motion.area = first[0];
  if (!(motion.area > 0)) return motion;
  motion.centroid = Eigen::Map<Eigen::Vector3d>(first + 1) / motion.area;
  motion.translation = Eigen::Map<Eigen::Vector3d>(first + 4) / motion.area;
  motion.normal = Eigen::Map<Eigen::Vector3d>(first + 7) / motion.area;
  add_second_moments(context, *faces, motion.centroid, second);
  sum_over_ranks(context.part.comm, second, 12);
  motion.rotation = Eigen::Map<Eigen::Matrix3d>(second).fullPivLu().solve(
      Eigen::Map<Eigen::Vector3d>(second + 9));
  return motion;
}

std::vector<Reaction> reactions(const Context& context) {
  std::vector<Reaction> found;
  std::vector<Holder> holders;
  std::map<std::string, v1::Support> by_name;
  for (const auto& support : supports_of(context)) by_name[support.name()] = support;
  for (const auto& info : context.kinematics.supports) {
    Reaction reaction{info.name, info.place, by_name.count(info.name) > 0};
    reaction.motion = face_motion(context, info.place);
    reaction.point = remote_point(context.kinematics, info, reaction.motion.centroid);
    Holder holder{mark_nodes(context.part, info.nodes), Eigen::Matrix3d::Identity()};
    if (reaction.is_support) {
      holder.directions = held_directions(by_name[info.name], reaction.motion);
    }
    found.push_back(reaction);
    holders.push_back(holder);
  }
  for (const auto& load : load_case_of(context).loads()) {
    if (!load.has_prescribed_mm() && !(load.has_manufactured() && !load.at().empty())) continue;
    Reaction reaction{"load " + load.at(), load.at(), false};
    reaction.motion = face_motion(context, load.at());
    reaction.point = reaction.motion.centroid;
    Holder holder{mark_nodes(context.part, nodes_of_place(context.part, context.value, load.at())),
                  Eigen::Matrix3d::Identity()};
    if (load.has_prescribed_mm()) holder.directions = held_directions(load.prescribed_mm());
    found.push_back(reaction);
    holders.push_back(holder);
  }
  add_nodal_forces(context, holders, found);
  add_foundation_forces(context, found);
  add_distributed_forces(context, found);
  sum_forces(context.part.comm, found);
  return found;
}

Action action(const Context& context, const std::vector<Reaction>& reactions) {
  Action acting;
  acting.force = context.load.total_force;
  acting.point = context.load.load_point;
  acting.place = context.load.load_place;
  double scale = 0;
  for (std::int32_t i = 0; i < context.part.n_owned; ++i) {
    scale += Eigen::Map<const Eigen::Vector3d>(&context.load.force[3 * std::size_t(i)]).norm();
  }
  scale = sum_over_ranks(context.part.comm, scale);
  for (const auto& load : context.load.rigid) scale += Eigen::Vector3d(load.data()).norm();
  if (!(acting.force.norm() > 1e-9 * scale)) acting.force.setZero();
  for (const auto& reaction : reactions) {
    if (acting.force.norm() > 0 || reaction.is_support) continue;
    acting.force = reaction.force;
    acting.point = reaction.motion.centroid;
    acting.place = reaction.place;
  }
  if (!(acting.force.norm() > 0)) {
    acting.missing = "the load case has no resultant force";
    return acting;
  }
  const FaceMotion driven = face_motion(context, acting.place);
  if (acting.place.empty() || !(driven.area > 0)) {
    acting.missing = "the force has no place of action";
    return acting;
  }
  // Support points weighted by the share of the force they carry: the work of the reactions.
  const Eigen::Vector3d along = acting.force.normalized();
  double area = 0, carried = 0, moved = 0;
  for (const auto& reaction : reactions) {
    if (!reaction.is_support) continue;
    area += reaction.motion.area;
    acting.support_point += reaction.motion.area * reaction.motion.centroid;
    carried += reaction.force.dot(along);
    moved += reaction.force.dot(along) * reaction.motion.at(reaction.point).dot(along);
  }
  if (!(area > 0)) {
    acting.missing = "no support to measure from";
    return acting;
  }
  acting.support_point /= area;
  acting.relative_motion = driven.at(acting.point).dot(along);
  if (std::abs(carried) > 1e-6 * acting.force.norm()) acting.relative_motion -= moved / carried;
  return acting;
}

}  // namespace proofload::solver::fields
