#include "proofload/meshing/mesh_design.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

#include "back_end.h"
#include "cad_mesh.h"
#include "curved_surface_edges.h"
#include "flat_cells.h"
#include "gmsh_session.h"
#include "mixed_design.h"
#include "places.h"
#include "proofload/core/vec3.h"
#include "proofload/meshing/quality.h"
#include "proofload/meshing/sections.h"
#include "size_limit.h"
#include "surface_text.h"
#include "volume_from_surface_quality.h"

namespace proofload::meshing {
namespace {

constexpr int kStations = 40;
constexpr double kNotableLoss = 0.1;  // mm between a middle node and the geometry
constexpr int kAttempts = 3;
constexpr double kCurved = 1.005;        // what curving may add to a cell's size
constexpr double kBeyond = 0.97;         // further than asked, for the next attempt to reach it
constexpr double kMostIfStraight = 0.1;  // change of volume, mesh.straight
constexpr double kGoodDihedralDeg = 5;
constexpr double kWorthIt = 1.2;           // gain of the least dihedral angle by new triangles
constexpr double kSizeOverRequest = 0.97;  // cells come out a little larger than the field asks

void throw_any(std::vector<Problem> problems) {
  if (!problems.empty()) throw InvalidInput(std::move(problems));
}

std::string gap_text(double gap, const Point& middle) {
  std::ostringstream text;
  text << "the least distance is " << gap << " mm at (" << middle[0] << ", " << middle[1] << ", "
       << middle[2] << ")";
  return text.str();
}

/// Widest gap that is closed between two bodies, by their numbers; 0: none.
double snap_between(const v1::Case& value, int a, int b) {
  double widest = 0;
  for (const v1::Interface& entry : value.interfaces()) {
    if (entry.between_size() != 2) continue;
    const std::set<std::string> names(entry.between().begin(), entry.between().end());
    if (names.count(value.bodies(a).name()) + names.count(value.bodies(b).name()) == 2) {
      widest = std::max(widest, snap_mm(entry));
    }
  }
  return widest;
}

/// Throws the problems of interfaces; NumericalFailure where they are no more than gaps that may be
/// closed, which takes surfaces.
void check_cad_interfaces(const v1::Case& value, const CadModel& model) {
  const std::vector<std::pair<int, int>> pairs = touching_pairs(model);
  bool small = true;
  double widest = 0;
  const std::vector<Problem> problems =
      check_interfaces(value, BodyPairs(pairs.begin(), pairs.end()), [&](int a, int b) {
        const BodySurface first = coarse_surface(model, a), second = coarse_surface(model, b);
        Point middle{};
        const double gap = surface_gap(first, second, middle);
        small = small && gap <= snap_between(value, a, b);
        widest = std::max(widest, gap);
        return gap_text(gap, middle);
      });
  small = small && std::all_of(problems.begin(), problems.end(), [](const Problem& problem) {
            return problem.code == "BODIES_DO_NOT_TOUCH";
          });
  if (!problems.empty() && small) {
    throw NumericalFailure("GAPS", "bodies to be bonded are " + std::to_string(widest) +
                                       " mm apart, which is closed between their surfaces");
  }
  throw_any(problems);
}

/// All bodies are CAD: one Gmsh session from shapes to tetrahedra.
TetMesh mesh_cad_design(const v1::Case& value, const MeshRequestOptions& options,
                        const std::vector<double>& shrink, const SizeLimit& limit,
                        std::vector<v1::Finding>& findings) {
  const GmshSession session;
  std::vector<Problem> problems;
  CadModel model = load_cad_bodies(value, options.folder, findings, problems);
  throw_any(problems);
  add_cad_regions(value, model, problems);
  throw_any(problems);
  guarded("FRAGMENT_FAILED", "E10: cutting the bodies against each other",
          [&] { partition(value, model, findings, problems); });
  throw_any(problems);
  check_cad_interfaces(value, model);
  const std::vector<BodyExtent> extents = cad_extents(model, value.bodies_size());
  return mesh_cad(value, model, extents, {options.factor, shrink, limit, options.progress});
}

v1::Finding note(const char* code, const std::string& message) {
  return make_finding(code, v1::Finding::Severity::NOTE, "", message);
}

/// What new triangles of a part drawn in CAD led to. Angles are least dihedral ones, degrees; 0:
/// the part could not be meshed as it is drawn.
v1::Finding drawn_anew(double before, double after) {
  std::ostringstream text;
  if (before > 0) {
    text << "faces or edges of the part are much smaller than the cells (least dihedral angle "
         << before << " degrees as it is drawn)";
  } else {
    text << "the part cannot be meshed as it is drawn";
  }
  text << ": its triangles were made anew (" << after << " degrees)";
  return note("E8", text.str());
}

/// Shapes as they are drawn; where they cannot be meshed, or a part's faces are too narrow for
/// round cells, triangles of them made anew. `surfaces` is empty for shapes as they are drawn.
TetMesh mesh_bodies(const v1::Case& value, const MeshRequestOptions& options,
                    const std::vector<double>& shrink, const SizeLimit& limit,
                    std::vector<BodySurface>& surfaces, std::vector<v1::Finding>& findings) {
  if (needs_surfaces(value)) {
    return mesh_mixed_design(value, options, shrink, limit, surfaces, findings);
  }
  std::optional<TetMesh> drawn;
  std::exception_ptr failure;
  std::vector<v1::Finding> said;
  try {
    drawn = mesh_cad_design(value, options, shrink, limit, findings);
  } catch (const NumericalFailure& reason) {
    failure = std::current_exception();
    said.push_back(note("E10", reason.what()));
  }
  const double angle = drawn ? least_dihedral(drawn->volume) : 0;
  if (drawn && (angle >= kGoodDihedralDeg || value.bodies_size() > 1)) return std::move(*drawn);
  try {
    TetMesh anew = mesh_mixed_design(value, options, shrink, limit, surfaces, said);
    const double better = least_dihedral(anew.volume);
    if (better > kWorthIt * angle) {
      if (drawn) anew.geometry_volume = drawn->geometry_volume;
      findings = std::move(said);
      findings.push_back(drawn_anew(angle, better));
      return anew;
    }
    findings.push_back(
        note("E10", "new triangles of the part are no better: least dihedral angle " +
                        std::to_string(better) + " degrees"));
  } catch (const NumericalFailure& reason) {
    findings.push_back(note("E10", std::string("new triangles of the part: ") + reason.what()));
  } catch (const InvalidInput& reason) {
    findings.push_back(note("E10", std::string("new triangles of the part: ") + reason.what()));
  }
  surfaces.clear();
  if (failure) std::rethrow_exception(failure);
  return std::move(*drawn);
}

void fill_interfaces(const v1::Case& value, OrderedMesh& ordered) {
  io::Mesh& mesh = ordered.mesh;
  for (const auto& [a, b] : ordered.bonded) {
    io::FaceSet set;
    set.name = value.bodies(a).name() + "|" + value.bodies(b).name();
    for (const BodyFace& face : ordered.topology.between) {
      if (mesh.cell_body[face.first.cell] == a && mesh.cell_body[face.second.cell] == b) {
        add_face(mesh, face.first, set);
      }
    }
    if (!set.cells.empty()) mesh.interfaces.push_back(std::move(set));
  }
}

void describe_curving(const Quadratic& quadratic, v1::MeshFacts& facts) {
  facts.set_straightened_count(quadratic.straightened_count);
  facts.set_straightened_loss_mm(quadratic.largest_loss_mm);
  if (quadratic.largest_loss_mm <= kNotableLoss) return;
  std::ostringstream text;
  text << "curved edges were flattened to keep cells valid, by up to " << quadratic.largest_loss_mm
       << " mm; smaller elements there lose less";
  *facts.add_findings() = make_finding("E8", v1::Finding::Severity::WARNING, "", text.str());
}

/// Volumes of CAD bodies: whatever went wrong on the way, the mesh is the part or is refused.
/// Straight sides, where asked for, may cut off more.
void check_cad_volumes(const v1::Case& value, const std::vector<BodySurface>& surfaces,
                       const TetMesh& mesh, const Quadratic& quadratic, v1::MeshFacts& facts) {
  std::vector<double> volume(value.bodies_size(), 0);
  for (std::size_t c = 0; c < mesh.volume.tets.size(); ++c) {
    volume[mesh.volume.tet_body[c]] += quadratic.cell_volume[c];
  }
  std::vector<v1::Finding> findings;
  for (int b = 0; b < value.bodies_size(); ++b) {
    if (!surfaces.empty() && !surfaces[b].cad) continue;  // judged when it was meshed
    check_volume(value.bodies(b).name(), volume[b], mesh.geometry_volume[b], findings,
                 value.mesh().straight() ? kMostIfStraight : kMostVolumeChange);
  }
  for (const v1::Finding& finding : findings) *facts.add_findings() = finding;
}

/// Sections between the centroids of the member rig's places.
void add_member_sections(const v1::Case& value, const io::Mesh& mesh, v1::MeshFacts& facts) {
  const auto centroid = [&](const std::string& name) {
    for (const io::FaceSet& set : mesh.places) {
      if (set.name == name) return Vec3(moments(mesh, set.faces).centroid.data());
    }
    throw InvalidInput({{"EMPTY_PLACE", "designs.member", 0, 0, "there is no place " + name,
                         "name a place of the member's bodies"}});
  };
  const v1::MemberRig& rig = value.designs().member();
  add_sections(mesh, centroid(rig.support_at()), centroid(rig.load_at()), kStations, facts);
}

/// Mean edge of the regular tetrahedra of the cells' volumes, by volume. [bodies]
std::vector<double> mean_cell_sizes(const TetMesh& mesh, int n_bodies) {
  std::vector<double> size(n_bodies, 0), volume(n_bodies, 0);
  for (std::size_t c = 0; c < mesh.volume.tets.size(); ++c) {
    const auto at = [&](int k) { return Vec3(&mesh.volume.nodes[3 * mesh.volume.tets[c][k]]); };
    const double v = (at(1) - at(0)).cross(at(2) - at(0)).dot(at(3) - at(0)) / 6;
    volume[mesh.volume.tet_body[c]] += v;
    size[mesh.volume.tet_body[c]] += v * size_of_cell(v);
  }
  for (int i = 0; i < n_bodies; ++i) size[i] /= volume[i];
  return size;
}

/// Lowers `shrink` of bodies whose cells came out larger than asked; false: there is none.
bool shrink_large(const v1::Case& value, const TetMesh& mesh,
                  const std::map<std::string, double>& largest, std::vector<double>& shrink) {
  if (largest.empty()) return false;
  const std::vector<double> sizes = mean_cell_sizes(mesh, value.bodies_size());
  bool found = false;
  for (int i = 0; i < value.bodies_size(); ++i) {
    const auto limit = largest.find(value.bodies(i).name());
    if (limit == largest.end() || kCurved * sizes[i] <= limit->second) continue;
    shrink[i] *= kBeyond * limit->second / sizes[i];
    found = true;
  }
  return found;
}

}  // namespace

MeshOutput mesh_design(const v1::Case& value, const MeshRequestOptions& options) {
  set_gmsh_threads(value.mesh().fast() ? int(std::thread::hardware_concurrency()) : 1);
  SizeLimit limit;
  if (!options.size_field.empty()) limit = size_limit_of(options.size_field, kSizeOverRequest);
  const auto report = [&](double fraction, const std::string& message) {
    if (options.progress) options.progress(fraction, message);
  };
  MeshOutput output;
  report(0.05, "reading the geometry");
  std::vector<BodySurface> surfaces;
  std::vector<v1::Finding> findings;
  TetMesh straight;
  std::vector<double> shrink(value.bodies_size(), 1);  // multiplies the sizes of a body once more
  for (int attempt = 1;; ++attempt) {
    surfaces.clear();
    findings.clear();
    straight = mesh_bodies(value, options, shrink, limit, surfaces, findings);
    if (attempt > 1) output.facts.set_refined_again_count(attempt - 1);
    if (attempt == kAttempts ||
        !shrink_large(value, straight, options.largest_mean_cell_size_mm, shrink)) {
      break;
    }
  }
  for (const v1::Finding& finding : findings) *output.facts.add_findings() = finding;
  for (const BodySurface& surface : surfaces) {
    if (!surface.repair.step().empty()) *output.facts.add_repairs() = surface.repair;
  }
  const bool mixed = !surfaces.empty();
  report(0.7, "middle nodes");
  Topology topology = build_topology(straight);
  if (mixed) {
    find_patches(surfaces, straight, topology);
    throw_any(check_interfaces(value, touching(straight, topology), [&](int a, int b) {
      Point middle{};
      const double gap = surface_gap(surfaces[a], surfaces[b], middle);
      return gap_text(gap, middle);
    }));
  }
  if (mixed && !value.mesh().straight()) curve_surface_edges(surfaces, topology, straight);
  const BodyPairs bonded = listed_pairs(value, v1::Interface::Kind::bonded);
  const std::vector<std::int32_t> origin = split_unbonded(straight, topology, bonded);
  const Quadratic quadratic = make_quadratic(straight, origin, split_edges(straight, bonded));
  check_cad_volumes(value, surfaces, straight, quadratic, output.facts);
  OrderedMesh ordered = order_mesh(straight, quadratic, topology);
  ordered.bonded = bonded;
  fill_interfaces(value, ordered);
  report(0.85, "naming places");
  std::vector<Problem> problems;
  name_places(value, straight, options.forgive_unused_places, ordered, output.facts, problems);
  throw_any(problems);
  if (options.sections) add_member_sections(value, ordered.mesh, output.facts);
  report(0.9, "judging the mesh");
  describe_curving(quadratic, output.facts);
  describe_mesh(value, straight, ordered, output.facts);
  judge_quality(ordered.mesh, ordered.jacobian_ratio, ordered.cell_volume, output.facts);
  if (!options.size_field.empty()) {
    output.facts.set_size_field_count(size_field_count(options.size_field));
  }
  output.mesh = std::move(ordered.mesh);
  return output;
}

}  // namespace proofload::meshing
