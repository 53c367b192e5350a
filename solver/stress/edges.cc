#include <set>

#include "../model/places.h"
#include "context.h"
#include "proofload/core/edge_samples.h"
#include "proofload/solver/collective.h"

namespace proofload::solver::fields {
namespace {

/// Sums at shared nodes, then equal on owner and ghosts.
void complete(const MeshPart& part, std::vector<double>& values, int block) {
  add_to_owners(part, values.data(), block);
  update_ghosts(part, values.data(), block);
}

/// Marked anywhere is marked everywhere.
void share_marks(const MeshPart& part, std::vector<double>& marks) {
  complete(part, marks, 1);
  for (double& mark : marks) mark = mark > 0 ? 1 : 0;
}

Eigen::Vector3d mean_normal(const MeshPart& part, const std::int32_t* nodes) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  for (const auto& point : face_points(part, nodes)) sum += point.area;
  return sum.normalized();
}

/// Number of faces and sum of their normals at the mid nodes of face edges.
std::vector<double> edge_normals(const MeshPart& part, const FacePart& faces) {
  std::vector<double> sums(4 * std::size_t(part.n_local()), 0.0);
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    const Eigen::Vector3d normal = mean_normal(part, &faces.faces[6 * f]);
    for (int k = 3; k < 6; ++k) {
      double* at = &sums[4 * std::size_t(faces.faces[6 * f + k])];
      at[0] += 1;
      for (int c = 0; c < 3; ++c) at[1 + c] += normal[c];
    }
  }
  complete(part, sums, 4);
  return sums;
}

/// A plane of symmetry stays smooth where the surface beside it does not lean outwards: mirrored,
/// it makes no re-entrant corner.
bool smooth_when_mirrored(const double* own, const double* exterior) {
  constexpr double kSine = 0.1;
  if (exterior[0] != 2) return false;
  const Eigen::Map<const Eigen::Vector3d> normal(own + 1), both(exterior + 1);
  return normal.dot(both) - 1 <= kSine;
}

/// The nodes marked on any rank and those within two cells of them.
std::vector<char> two_cells_around(const MeshPart& part, std::vector<double> marks) {
  share_marks(part, marks);
  for (int layer = 0; layer < 2; ++layer) {
    std::vector<double> grown = marks;
    for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
      const std::int32_t* nodes = &part.cells[10 * std::size_t(cell)];
      bool touched = false;
      for (int k = 0; k < 10; ++k) touched = touched || marks[nodes[k]] > 0;
      for (int k = 0; touched && k < 10; ++k) grown[nodes[k]] = 1;
    }
    marks = std::move(grown);
    share_marks(part, marks);
  }
  return {marks.begin(), marks.end()};
}

/// EdgeZone::nodes of the free edges of the faces.
std::vector<std::int32_t> free_edges(const MeshPart& part, const FacePart& faces,
                                     const std::vector<double>* exterior) {
  const std::vector<double> normals = edge_normals(part, faces);
  std::vector<std::int32_t> pieces;
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    const std::int32_t* nodes = &faces.faces[6 * f];
    for (int k = 0; k < 3; ++k) {
      const std::int32_t mid = nodes[3 + k];
      const std::size_t at = 4 * std::size_t(mid);
      if (normals[at] != 1) continue;
      if (exterior && smooth_when_mirrored(&normals[at], &(*exterior)[at])) continue;
      for (const std::int32_t end : {nodes[k], nodes[(k + 1) % 3]}) {
        pieces.push_back(end);
        pieces.push_back(mid);
      }
    }
  }
  return pieces;
}

EdgeZone zone_of(const MeshPart& part, const std::string& name,
                 const std::vector<std::int32_t>& pieces) {
  std::vector<double> marks(part.n_local(), 0.0);
  for (const std::int32_t node : pieces) marks[node] = 1;
  return {name, two_cells_around(part, std::move(marks)), pieces};
}

/// About an edge or corner that is held or moved: each node a corner.
EdgeZone zone_of_nodes(const Context& context, const std::string& name, const std::string& place) {
  std::vector<std::int32_t> pieces;
  for (const std::int32_t node : nodes_of_place(context.part, context.value, place)) {
    pieces.insert(pieces.end(), 2, node);
  }
  return zone_of(context.part, name, pieces);
}

/// A plane of symmetry or antisymmetry: the solution goes on smoothly beyond it.
bool is_symmetry_plane(const v1::Support& support, const FaceMotion& motion) {
  if (motion.normal.norm() < 1 - 1e-6) return false;
  if (support.slide() || support.antisymmetric()) return true;
  if (support.fix_size() != 1) return false;
  const int axis = static_cast<int>(support.fix(0)) - static_cast<int>(v1::Axis::x);
  return axis >= 0 && axis < 3 && std::abs(motion.normal[axis]) > 1 - 1e-6;
}

}  // namespace

std::vector<EdgeZone> edge_zones(const Context& context) {
  const MeshPart& part = context.part;
  const std::vector<double> exterior = edge_normals(part, part.exterior);
  std::vector<EdgeZone> zones;
  for (const auto& support : supports_of(context)) {
    const FacePart* faces = place_of(context, support.at());
    if (!faces) {
      zones.push_back(zone_of_nodes(context, "support " + support.name(), support.at()));
      continue;
    }
    const bool symmetry = is_symmetry_plane(support, face_motion(context, support.at()));
    zones.push_back(zone_of(part, "support " + support.name(),
                            free_edges(part, *faces, symmetry ? &exterior : nullptr)));
  }
  std::set<std::string> seen;
  for (const auto& load : load_case_of(context).loads()) {
    if (load.at().empty() || !seen.insert(load.at()).second) continue;
    const FacePart* faces = place_of(context, load.at());
    const std::string name = "load at " + load.at();
    zones.push_back(faces ? zone_of(part, name, free_edges(part, *faces, nullptr))
                          : zone_of_nodes(context, name, load.at()));
  }
  for (const auto& interface : part.interfaces) {
    zones.push_back(
        zone_of(part, "interface " + interface.name, free_edges(part, interface, nullptr)));
  }
  return zones;
}

std::vector<char> away_from_edges(const MeshPart& part, const std::vector<EdgeZone>& zones,
                                  double distance) {
  std::vector<double> own;  // both ends of each piece
  for (const EdgeZone& zone : zones) {
    for (const std::int32_t node : zone.nodes) {
      const Eigen::Vector3d x = node_point(part, node);
      own.insert(own.end(), x.data(), x.data() + 3);
    }
  }
  const int ranks = ranks_of(part.comm), n = static_cast<int>(own.size());
  std::vector<int> counts(ranks), starts(ranks, 0);
  MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, part.comm);
  for (int r = 1; r < ranks; ++r) starts[r] = starts[r - 1] + counts[r - 1];
  std::vector<double> all(starts.back() + counts.back());
  MPI_Allgatherv(own.data(), n, MPI_DOUBLE, all.data(), counts.data(), starts.data(), MPI_DOUBLE,
                 part.comm);
  EdgeSamples samples(distance);
  for (std::size_t i = 0; i + 6 <= all.size(); i += 6) {
    samples.add(Eigen::Vector3d(&all[i]), Eigen::Vector3d(&all[i + 3]));
  }
  std::vector<char> away(part.n_owned);
  for (std::int32_t node = 0; node < part.n_owned; ++node) {
    away[node] = !samples.near(node_point(part, node));
  }
  return away;
}

void flag_unresolved(const Context& context, const std::vector<EdgeZone>& zones, const Peak& peak,
                     v1::Quantity& quantity) {
  double zone = static_cast<double>(zones.size());
  for (std::size_t i = zones.size(); peak.node >= 0 && i-- > 0;) {
    if (zones[i].near[peak.node]) zone = static_cast<double>(i);
  }
  zone = -max_over_ranks(context.part.comm, peak.node >= 0 ? -zone : -double(zones.size()));
  if (zone >= static_cast<double>(zones.size())) return;
  quantity.set_unresolved(true);
  quantity.set_reason("the peak lies within two cells of the edge of " +
                      zones[static_cast<std::size_t>(zone)].name);
}

}  // namespace proofload::solver::fields
