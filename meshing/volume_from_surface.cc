/// From closed surfaces to one conforming volume mesh: which method, what if it fails, what is
/// checked.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

#include "contacts.h"
#include "flat_cells.h"
#include "labelled_mesh.h"
#include "proofload/core/problem.h"
#include "proofload/meshing/surface.h"
#include "relax_inside.h"
#include "round_cells.h"
#include "sizing.h"
#include "surface_detail.h"
#include "surface_distance.h"
#include "surface_text.h"
#include "surface_topology.h"
#include "volume_from_surface_child.h"
#include "volume_from_surface_quality.h"
#include "volume_from_surface_regions.h"

namespace proofload::meshing {
namespace {

using Severity = v1::Finding::Severity;
using Findings = std::vector<v1::Finding>;

constexpr double kGoodDihedralDeg = 5, kUsableDihedralDeg = 1, kLeastDihedralDeg = 0.5;
constexpr double kHxtSeconds = 90, kDelaunaySeconds = 180, kLabelledSeconds = 320;
constexpr double kEdgesSeconds = 80, kEdgesOfOneSeconds = 20;  // of Mesh_3 with sharp edges
constexpr double kCadDeviation = 0.03, kDeviation = 0.07;  // of faces to the surface, of the size
constexpr double kFaithfulVolume = 0.01;  // change of the volume that needs no word
constexpr double kFineEdge = 0.25;        // of the element size
constexpr int kMostFineEdges = 2000;      // sharp edges shorter than that
constexpr int kHxt = 10, kDelaunay = 1;
constexpr double kFiner = 0.7;  // of the element size, where cells stay flat
constexpr int kFlatRounds = 3;  // times that triangles at flat cells are made smaller

struct Candidate {
  VolumeMesh mesh;
  TetQuality quality;
};

/// Tries methods in order until one is good; remembers the best and what failed.
class Chain {
 public:
  Chain(int bodies, Findings& findings) : bodies_(bodies), findings_(&findings) {}

  bool usable() const { return best_ && best_->quality.min_dihedral_deg >= kUsableDihedralDeg; }

  /// Least dihedral angle of the best mesh, degrees.
  double angle() const { return best_ ? best_->quality.min_dihedral_deg : 0; }

  /// Volume of the best mesh, mm3.
  double volume() const {
    if (!best_) return 0;
    const std::vector<double>& of_bodies = best_->quality.volume;
    return std::accumulate(of_bodies.begin(), of_bodies.end(), 0.0);
  }

  bool done() const { return best_ && best_->quality.min_dihedral_deg >= kGoodDihedralDeg; }

  /// The mesh of one method if it is sound; also kept when it is the best so far.
  std::optional<VolumeMesh> attempt(const std::string& what, double seconds,
                                    const std::function<VolumeMesh()>& work) {
    try {
      VolumeMesh mesh = mesh_in_child(what, seconds, work);
      offer(what, mesh);
      return mesh;
    } catch (const NumericalFailure& failure) {
      history_ += (history_.empty() ? "" : "; ") + std::string(failure.what());
      findings_->push_back(make_finding("E10", Severity::NOTE, "", failure.what()));
      return std::nullopt;
    }
  }

  /// The best mesh with its history. Throws when there is none or it is unusable.
  Candidate take() {
    if (!best_) throw NumericalFailure("VOLUME_MESH", "no method gave a mesh: " + history_);
    const TetQuality& q = best_->quality;
    if (q.not_positive > 0 || q.min_dihedral_deg < kLeastDihedralDeg) {
      throw NumericalFailure("MESH_QUALITY", "the best mesh has a dihedral angle of " +
                                                 show(q.min_dihedral_deg) + " degrees at " +
                                                 show(q.worst) + " mm; tried: " + history_);
    }
    if (q.min_dihedral_deg < kGoodDihedralDeg) {
      v1::Finding finding = make_finding(
          "E11", Severity::WARNING, "",
          std::to_string(q.below_5_deg) + " cells have a dihedral angle under 5 degrees, least " +
              show(q.min_dihedral_deg) + " at " + show(q.worst) + " mm");
      finding.set_count(double(q.below_5_deg));
      add_place(finding, q.worst);
      findings_->push_back(finding);
    }
    best_->mesh.method = history_;
    return std::move(*best_);
  }

 private:
  void offer(const std::string& what, const VolumeMesh& mesh) {
    Candidate candidate{mesh, measure_quality(mesh, bodies_)};
    history_ += (history_.empty() ? "" : "; ") + what + ": least dihedral angle " +
                show(candidate.quality.min_dihedral_deg) + " degrees";
    const bool better =
        !best_ ||
        std::make_pair(candidate.quality.not_positive == 0, candidate.quality.min_dihedral_deg) >
            std::make_pair(best_->quality.not_positive == 0, best_->quality.min_dihedral_deg);
    if (better) best_ = std::move(candidate);
  }

  int bodies_;
  Findings* findings_;
  std::string history_;
  std::optional<Candidate> best_;
};

void tell(const SurfaceMeshOptions& options, double fraction, const std::string& message) {
  if (options.progress) options.progress(fraction, message);
}

/// The surface itself where its file was repaired, else repaired without loss.
TriangleSoup accepted(const BodySurface& body, Findings& findings) {
  if (!(body.element_size_mm > 0)) {
    throw NumericalFailure("VOLUME_MESH", body.name + ": no element size");
  }
  if (!body.repair.step().empty()) return to_soup(body);
  SurfaceOwner owner{body.name};
  owner.check_extents = false;
  v1::Repair lossless;
  lossless.set_allow(v1::Repair::Allow::none);
  return repair_surface(to_soup(body), owner, lossless, findings).surface;
}

std::vector<LabelledBody> labelled_bodies(const std::vector<BodySurface>& bodies,
                                          const std::vector<TriangleSoup>& surfaces) {
  std::vector<LabelledBody> result;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const double size = bodies[i].element_size_mm;
    const bool cad = bodies[i].cad || looks_like_cad(surfaces[i]);
    const bool region = bodies[i].whole >= 0;
    result.push_back({surfaces[i], size, (cad ? kCadDeviation : kDeviation) * size,
                      bodies[i].priority, cad && !region, bodies[i].whole, bodies[i].part});
  }
  return result;
}

v1::Finding rounded_edges(const std::string& body) {
  return make_finding("E8", Severity::WARNING, body,
                      "sharp edges could not be kept: they are rounded by up to an element size");
}

/// More sharp edges far below the element size than a mesh of that size can keep.
bool edges_too_fine(const TriangleSoup& surface, double size) {
  const double cosine = std::cos(LabelledOptions().sharp_deg * M_PI / 180);
  const std::vector<Side> sides = sorted_sides(surface.triangles);
  int count = 0;
  for (std::size_t i = 0; i < sides.size(); i = end_of_edge(sides, i)) {
    if (end_of_edge(sides, i) != i + 2) continue;
    const Eigen::Vector3d a = area_vector(surface.points, surface.triangles[sides[i].triangle]);
    const Eigen::Vector3d b = area_vector(surface.points, surface.triangles[sides[i + 1].triangle]);
    const double length =
        (to_vec(surface.points[sides[i].low]) - to_vec(surface.points[sides[i].high])).norm();
    count += a.dot(b) < cosine * a.norm() * b.norm() && length < kFineEdge * size;
  }
  return count > kMostFineEdges;
}

/// Cells made rounder on average, then those that are left flat.
VolumeMesh rounded(VolumeMesh mesh) {
  relax_inside(mesh);
  round_flat_cells(mesh);
  return mesh;
}

VolumeMesh labelled_in_child(Chain& chain, const std::vector<LabelledBody>& bodies,
                             LabelledOptions options, Findings& findings) {
  const bool wants_edges =
      std::any_of(bodies.begin(), bodies.end(), [](const LabelledBody& b) { return b.keep_edges; });
  for (const bool protect : {true, false}) {
    if (protect && !wants_edges) continue;
    options.protect_edges = protect;
    const std::string what = std::string("Mesh_3") + (protect ? " with sharp edges" : "") +
                             (options.optimise ? ", optimised" : "");
    const double edges = bodies.size() == 1 ? kEdgesOfOneSeconds : kEdgesSeconds;
    auto mesh = chain.attempt(what, protect ? edges : kLabelledSeconds, [&] {
      VolumeMesh made = mesh_labelled(bodies, options);
      return options.optimise ? rounded(std::move(made)) : made;
    });
    const bool try_without = protect && options.optimise && !chain.usable();
    if (!mesh || try_without) continue;
    if (!protect && wants_edges) {
      findings.push_back(rounded_edges(""));
    }
    return std::move(*mesh);
  }
  return {};
}

/// Sizes inside, from balls and the size field; empty where neither is given.
SizeLimit size_function(const SurfaceMeshOptions& options, double size) {
  if (options.balls.empty() && !options.size_limit) return {};
  return [&options, size](const Point& at) {
    const double by_balls = size_from_balls(options.balls, at, size);
    return options.size_limit ? std::min(by_balls, options.size_limit(at)) : by_balls;
  };
}

/// Fills regions by HXT, by Delaunay where that fails; empty if both do.
std::optional<VolumeMesh> fill(Chain& chain, const std::string& on, const Regions& regions,
                               double size, const SurfaceMeshOptions& options) {
  const auto size_at = size_function(options, size);
  const auto filled = [&](int algorithm) {
    return rounded(fill_regions(regions, algorithm, size, size_at));
  };
  auto mesh = chain.attempt("Gmsh HXT on " + on, kHxtSeconds, [&] { return filled(kHxt); });
  if (mesh && chain.usable()) return mesh;
  auto other =
      chain.attempt("Gmsh Delaunay on " + on, kDelaunaySeconds, [&] { return filled(kDelaunay); });
  return other ? std::move(other) : std::move(mesh);
}

/// The walls of a labelled domain by Mesh_3, filled by Gmsh; Mesh_3's own cells where that is
/// worse.
void walls_and_fill(Chain& chain, const std::vector<LabelledBody>& bodies,
                    const std::vector<Closing>& closings, const SurfaceMeshOptions& options,
                    Findings& findings) {
  double size = 0;
  for (const LabelledBody& body : bodies) size = std::max(size, body.size_mm);
  LabelledOptions labels;
  labels.closings = closings;
  labels.balls = options.balls;
  labels.size_limit = options.size_limit;
  labels.optimise = false;
  const VolumeMesh rough = labelled_in_child(chain, bodies, labels, findings);
  if (!rough.tets.empty() && !chain.done()) {
    tell(options, 0.6, "volumes filled");
    try {
      const Regions regions = regions_of(rough);
      if (regions.crumbs > 0) {
        findings.push_back(make_finding(
            "E6", Severity::NOTE, "",
            std::to_string(regions.crumbs) + " pieces and holes of a few cells are left out"));
      }
      fill(chain, "walls of Mesh_3", regions, size, options);
    } catch (const NumericalFailure& failure) {
      findings.push_back(make_finding("E10", Severity::NOTE, "", failure.what()));
    }
  }
  if (chain.done()) return;
  tell(options, 0.8, "slivers removed");
  labels.optimise = true;
  labelled_in_child(chain, bodies, labels, findings);
}

double signed_volume(const TriangleSoup& surface) {
  double volume = 0;
  for (const Triangle& t : surface.triangles) {
    volume += area_vector(surface.points, t).dot(to_vec(surface.points[t[0]])) / 6;
  }
  return volume;
}

/// New triangles and cells; where cells come out flat the triangles there are made smaller.
void remesh_and_fill(Chain& chain, const TriangleSoup& surface, const BodySurface& body,
                     bool keep_edges, const SurfaceMeshOptions& given, Findings& findings) {
  SurfaceMeshOptions options = given;
  Findings said;
  for (int round = 0; round <= kFlatRounds; ++round) {
    RemeshOptions remesh;
    remesh.element_size_mm = body.element_size_mm;
    remesh.keep_edges = keep_edges;
    remesh.balls = options.balls;
    remesh.size_limit = options.size_limit;
    Findings now;
    std::optional<VolumeMesh> mesh;
    const double before = chain.angle();
    try {
      const TriangleSoup fresh = remesh_surface(surface, remesh, {body.name}, now);
      tell(options, 0.5, "volume filled");
      mesh = fill(chain, "the new surface", regions_of(fresh), body.element_size_mm, options);
    } catch (const NumericalFailure& failure) {
      findings.push_back(make_finding("E10", Severity::NOTE, body.name, failure.what()));
    } catch (const InvalidInput&) {
      if (round == 0) throw;  // a later round may not be worse than the first
    }
    if (round == 0 || chain.angle() > before) said = std::move(now);
    if (!mesh || chain.done() || (round > 0 && chain.angle() < 1.2 * before)) break;
    const std::vector<SizeBall> balls = balls_at_flat_cells(*mesh);
    options.balls.insert(options.balls.end(), balls.begin(), balls.end());
  }
  findings.insert(findings.end(), said.begin(), said.end());
}

/// Smaller elements all over, kept if their least dihedral angle is greater; `said` is of what is
/// kept.
void try_finer(Chain& chain, const TriangleSoup& surface, const BodySurface& body,
               const SurfaceMeshOptions& options, Findings& said) {
  BodySurface finer;
  finer.name = body.name;
  finer.element_size_mm = kFiner * body.element_size_mm;
  const double before = chain.angle();
  Findings now;
  try {
    remesh_and_fill(chain, surface, finer, true, options, now);
  } catch (const InvalidInput&) {
    return;  // what was made before stands
  }
  if (!(chain.angle() > before)) return;
  said = std::move(now);
  said.push_back(make_finding("E8", Severity::NOTE, body.name,
                              "elements of " + show(body.element_size_mm) + " mm came out flat (" +
                                  show(before) + " degrees): they are made " +
                                  show(finer.element_size_mm) + " mm"));
}

/// One body with its sharp edges rounded, no more than its volume allows.
Chain without_edges(std::vector<LabelledBody>& body, double volume,
                    const SurfaceMeshOptions& options, Findings& findings) {
  const double size = body[0].size_mm;
  body[0].keep_edges = false;
  findings.push_back(rounded_edges(""));
  const std::size_t said = findings.size();
  for (double deviation = kDeviation;; deviation /= 2) {
    Chain chain(1, findings);
    body[0].deviation_mm = deviation * size;
    walls_and_fill(chain, body, {}, options, findings);
    const bool faithful = std::abs(chain.volume() / volume - 1) <= kFaithfulVolume;
    if (faithful || deviation < kCadDeviation || chain.volume() == 0) return chain;
    findings.resize(said);
  }
}

VolumeMesh mesh_one(const BodySurface& body, const SurfaceMeshOptions& options,
                    Findings& findings) {
  const TriangleSoup surface = accepted(body, findings);
  const double wanted = signed_volume(surface);
  tell(options, 0.2, "surface triangulated anew");
  Chain chain(1, findings);
  const bool keep_edges = body.cad || looks_like_cad(surface);
  Findings said;
  remesh_and_fill(chain, surface, body, keep_edges, options, said);
  if (keep_edges && chain.usable() && !chain.done()) {
    try_finer(chain, surface, body, options, said);
  }
  findings.insert(findings.end(), said.begin(), said.end());
  const bool worth_while = keep_edges ? !chain.usable() : !chain.done();
  if (worth_while) {
    std::vector<LabelledBody> labelled = labelled_bodies({body}, {surface});
    if (labelled[0].keep_edges && edges_too_fine(surface, body.element_size_mm)) {
      chain = without_edges(labelled, wanted, options, findings);
    } else {
      walls_and_fill(chain, labelled, {}, options, findings);
    }
  }
  Candidate result = chain.take();
  result.mesh.body_volume = {wanted};
  if (!body.cad) check_volume(body.name, result.quality.volume[0], wanted, findings);
  return std::move(result.mesh);
}

/// Two bodies, or regions of them.
bool share_a_face(const std::vector<BodySurface>& bodies,
                  const std::vector<std::vector<long>>& faces, int a, int b) {
  const auto belongs = [&](int i, int to) { return i == to || bodies[i].whole == to; };
  for (int i = 0; i < static_cast<int>(bodies.size()); ++i) {
    for (int k = i + 1; k < static_cast<int>(bodies.size()); ++k) {
      const bool meant = (belongs(i, a) && belongs(k, b)) || (belongs(i, b) && belongs(k, a));
      if (meant && faces[i][k] > 0) return true;
    }
  }
  return false;
}

/// Overlaps, gaps and volumes of all bodies.
void check_bodies(const std::vector<BodySurface>& bodies, const SurfaceMeshOptions& options,
                  const std::vector<LabelledBody>& labelled, const ClosedGaps& closed,
                  Candidate& result, Findings& findings) {
  const int count = static_cast<int>(bodies.size());
  const auto faces = interface_faces(result.mesh, count);
  const BodyVolumes measured = measure_bodies(labelled, closed.closings, result.mesh);
  const auto& overlap = measured.overlap;
  for (int b = 0; b < count; ++b) {
    if (bodies[b].whole >= 0) {
      result.mesh.body_volume.push_back(measured.region[b]);
      if (!bodies[b].cad) {
        check_volume(bodies[b].name, result.quality.volume[b], measured.region[b], findings);
      }
      continue;
    }
    double wanted = signed_volume(labelled[b].surface) + closed.volume_mm3[b];
    for (int a = 0; a < count; ++a) {
      wanted -= overlap[a][b];
      if (overlap[a][b] <= 1e-6 * wanted || bodies[a].whole == b) continue;
      findings.push_back(make_finding("E9", Severity::NOTE, bodies[b].name,
                                      bodies[a].name + " takes " + show(overlap[a][b]) +
                                          " mm3 of " + bodies[b].name + " where both overlap"));
    }
    result.mesh.body_volume.push_back(wanted);
    if (bodies[b].cad) continue;  // its curved middle nodes are still to come
    check_volume(bodies[b].name, result.quality.volume[b], wanted, findings);
  }
  for (const SurfaceInterface& entry : options.interfaces) {
    const auto [a, b] = bodies_of(bodies, entry);
    if (a == b || b >= count) continue;
    if (share_a_face(bodies, faces, a, b)) {
      tell_bridged(labelled[a], labelled[b], {bodies[a].name, bodies[b].name}, entry.snap_mm,
                   findings);
      continue;
    }
    const SurfaceDistance to_other(labelled[b].surface);
    double gap = std::numeric_limits<double>::infinity();
    Point at{};
    for (const Point& p : labelled[a].surface.points) {
      const double distance = to_other(to_vec(p));
      if (distance < gap) {
        gap = distance;
        at = p;
      }
    }
    v1::Finding finding =
        make_finding("E9", Severity::WARNING, bodies[a].name,
                     bodies[a].name + " and " + bodies[b].name +
                         " share no face; the gap is about " + show(gap) + " mm at " + show(at));
    add_place(finding, at);
    findings.push_back(finding);
  }
}

VolumeMesh mesh_several(const std::vector<BodySurface>& bodies, const SurfaceMeshOptions& options,
                        Findings& findings) {
  std::vector<TriangleSoup> surfaces;
  for (const BodySurface& body : bodies) {
    surfaces.push_back(body.whole >= 0 ? TriangleSoup() : accepted(body, findings));
  }
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (bodies[i].whole >= 0) surfaces[i] = surfaces[bodies[i].whole];
  }
  const std::vector<LabelledBody> labelled = labelled_bodies(bodies, surfaces);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (bodies[i].whole >= 0) continue;
    const double size = bodies[i].element_size_mm;
    tell_thin(thin_detail(surfaces[i], size).walls, size, {}, bodies[i].name, findings);
  }
  tell(options, 0.2, "walls between the bodies");
  Chain chain(static_cast<int>(bodies.size()), findings);
  SurfaceMeshOptions graded = options;
  const std::vector<SizeBall> balls = balls_at_contacts(bodies, surfaces, options);
  graded.balls.insert(graded.balls.end(), balls.begin(), balls.end());
  const ClosedGaps closed = close_gaps(bodies, surfaces, options, findings);
  walls_and_fill(chain, labelled, closed.closings, graded, findings);
  Candidate result = chain.take();
  check_bodies(bodies, options, labelled, closed, result, findings);
  return std::move(result.mesh);
}

}  // namespace

VolumeMesh mesh_surfaces(const std::vector<BodySurface>& bodies, const SurfaceMeshOptions& options,
                         std::vector<v1::Finding>& findings) {
  if (bodies.empty()) throw NumericalFailure("VOLUME_MESH", "there is no body to mesh");
  return bodies.size() == 1 ? mesh_one(bodies[0], options, findings)
                            : mesh_several(bodies, options, findings);
}

}  // namespace proofload::meshing
