#pragma once
/// What every quantity of one load case is read from.
#include <string>
#include <vector>

#include "pairs.h"
#include "tet10.h"

namespace proofload::solver::fields {

struct Context {
  const v1::Case& value;
  const Model& model;
  const MeshPart& part;
  const KinematicSet& kinematics;
  const LoadVector& load;
  const Solution& solution;
  const StressPoints& points;
  const std::vector<double>& stress;
  PairIndex index;
};

/// The load case of the case file, and the supports that hold in it.
const v1::LoadCase& load_case_of(const Context& context);
std::vector<v1::Support> supports_of(const Context& context);

/// The body of the case file with the name of the mesh's body; null if there is none.
const v1::Body* body_of(const Context& context, std::size_t body);

/// Index of a body of the mesh; -1: none.
int body_index(const Context& context, const std::string& name);

/// Faces of a place on this rank; null if the mesh has no such place.
const FacePart* place_of(const Context& context, const std::string& name);

/// A quantity without value yet.
v1::Quantity quantity(const Context& context, const std::string& name, const std::string& unit,
                      const std::string& body = "");

/// Sets the value, or the reason "not a finite number".
void set_value(v1::Quantity& quantity, double value);
void set_point(v1::Quantity& quantity, const Eigen::Vector3d& point);

Stress stress_at(const Context& context, std::int32_t pair);
Eigen::Vector3d displacement_at(const Context& context, std::int32_t node);

/// Displacement at a point of a face of six nodes.
Eigen::Vector3d face_displacement(const Context& context, const std::int32_t* nodes,
                                  const FacePoint& point);

/// Recovered stress at the nodes of a cell.
NodeStress gather_stress(const Context& context, std::int32_t cell);

/// A greatest value with its place, the same on every rank. Values within 1e-6 of the greatest are
/// ties: the lowest (z, y, x) has it.
struct Peak {
  bool found = false;
  double value = 0;
  Eigen::Vector3d point = Eigen::Vector3d::Zero();
  std::int32_t node = -1;  ///< local node on the rank that has it, -1 elsewhere
};

/// Greatest of values[i] at local nodes[i] over all ranks. Collective.
Peak find_peak(const MeshPart& part, const std::vector<std::int32_t>& nodes,
               const std::vector<double>& values);

/// Least-squares rigid motion of a face, weighted by area.
struct FaceMotion {
  double area = 0;  ///< mm2; 0: no such faces
  Eigen::Vector3d centroid = Eigen::Vector3d::Zero();
  Eigen::Vector3d normal = Eigen::Vector3d::Zero();       ///< mean outward normal, length <= 1
  Eigen::Vector3d translation = Eigen::Vector3d::Zero();  ///< of the centroid, mm
  Eigen::Vector3d rotation = Eigen::Vector3d::Zero();     ///< rad

  Eigen::Vector3d at(const Eigen::Vector3d& point) const {
    return translation + rotation.cross(point - centroid);
  }
};

/// Collective.
FaceMotion face_motion(const Context& context, const std::string& place);

/// What a support, or a place with prescribed motion, does to the model.
struct Reaction {
  std::string name;  ///< support, or "load <place>"
  std::string place;
  bool is_support = true;
  Eigen::Vector3d force = Eigen::Vector3d::Zero();  ///< on the model, N
  Eigen::Vector3d point = Eigen::Vector3d::Zero();  ///< remote point, else centroid of the place
  FaceMotion motion;
};

/// Where several supports hold one node, its force is shared along the directions each holds.
/// Collective.
std::vector<Reaction> reactions(const Context& context);

/// Force that drives the load case, where, and against what.
struct Action {
  std::string missing;                              ///< why there is none; empty: there is one
  Eigen::Vector3d force = Eigen::Vector3d::Zero();  ///< N
  Eigen::Vector3d point = Eigen::Vector3d::Zero();
  std::string place;
  Eigen::Vector3d support_point = Eigen::Vector3d::Zero();  ///< area centroid of all supports
  double relative_motion = 0;  ///< load point less support points, along the force, mm
};

/// Collective.
Action action(const Context& context, const std::vector<Reaction>& reactions);

/// For each edge of a support, load or interface where stress may be unbounded: the nodes within
/// two cells of it. Collective.
struct EdgeZone {
  std::string name;                 ///< "support ground"
  std::vector<char> near;           ///< [n_local]
  std::vector<std::int32_t> nodes;  ///< of this rank's pieces of the edge, two for each piece; a
                                    ///< corner: the same node twice
};
std::vector<EdgeZone> edge_zones(const Context& context);

/// [n_owned] Nodes at least `distance` mm from all edges; up to a tenth beyond may be left out too.
/// Collective.
std::vector<char> away_from_edges(const MeshPart& part, const std::vector<EdgeZone>& zones,
                                  double distance);

/// Marks a peak that lies in a zone as unresolved and says where. Collective.
void flag_unresolved(const Context& context, const std::vector<EdgeZone>& zones, const Peak& peak,
                     v1::Quantity& quantity);

/// Mean size of the cells about each owned node: the edge of a regular tetrahedron of the mean
/// volume, mm. Collective.
std::vector<double> node_cell_sizes(const MeshPart& part);

}  // namespace proofload::solver::fields
