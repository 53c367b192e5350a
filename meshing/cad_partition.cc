/// Bodies cut against each other into a conforming partition.
#include <gmsh.h>

#include <cmath>
#include <set>
#include <sstream>

#include "cad_bodies.h"
#include "proofload/core/regions.h"

namespace proofload::meshing {
namespace {

namespace occ = gmsh::model::occ;

/// What a face is like, to know it again after the cut.
struct FacePrint {
  double area = 0;
  Point centre{};
};

/// Area integrals of trimmed spline faces are slow: asked for once for each face.
using PrintCache = std::map<int, FacePrint>;

FacePrint face_print(int tag) {
  FacePrint print;
  occ::getMass(2, tag, print.area);
  occ::getCenterOfMass(2, tag, print.centre[0], print.centre[1], print.centre[2]);
  return print;
}

const FacePrint& cached_print(int tag, PrintCache& cache) {
  const auto entry = cache.find(tag);
  return entry != cache.end() ? entry->second : cache.emplace(tag, face_print(tag)).first->second;
}

double difference(const FacePrint& a, const FacePrint& b) {
  double square = 0;
  for (int i = 0; i < 3; ++i) square += (a.centre[i] - b.centre[i]) * (a.centre[i] - b.centre[i]);
  return std::sqrt(square) + std::abs(std::sqrt(a.area) - std::sqrt(b.area));
}

/// Faces and solids of all bodies, and what each became.
struct Fragments {
  gmsh::vectorpair inputs;
  std::vector<gmsh::vectorpair> outputs;            ///< of the bodies, then of the faces
  std::map<std::pair<int, int>, FacePrint> prints;  ///< (position of body, face number - 1)
};

Fragments fragment_all(const CadModel& model) {
  Fragments result;
  std::vector<std::size_t> owner;  // of each solid
  for (std::size_t b = 0; b < model.bodies.size(); ++b) {
    const CadBody& body = model.bodies[b];
    std::vector<int> solids = body.pieces;
    if (body.solid != 0) solids.push_back(body.solid);
    for (const int solid : solids) {
      result.inputs.push_back({3, solid});
      owner.push_back(b);
    }
  }
  for (std::size_t b = 0; b < model.bodies.size(); ++b) {
    const std::vector<int>& faces = model.bodies[b].faces;
    for (std::size_t f = 0; f < faces.size(); ++f) {
      result.inputs.push_back({2, faces[f]});
      result.prints[{static_cast<int>(b), static_cast<int>(f)}] = face_print(faces[f]);
    }
  }
  gmsh::vectorpair all;
  std::vector<gmsh::vectorpair> outputs;
  occ::fragment(result.inputs, {}, all, outputs);
  occ::synchronize();
  result.outputs.resize(model.bodies.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (i >= owner.size()) {
      result.outputs.push_back(outputs[i]);
      continue;
    }
    gmsh::vectorpair& pieces = result.outputs[owner[i]];
    pieces.insert(pieces.end(), outputs[i].begin(), outputs[i].end());
  }
  return result;
}

void report_overlap(const v1::Case& value, int winner, int loser, double volume,
                    std::vector<v1::Finding>& findings) {
  std::ostringstream text;
  text << value.bodies(winner).name() << " and " << value.bodies(loser).name() << " overlap by "
       << volume << " mm3; " << value.bodies(winner).name() << " keeps it";
  v1::Finding& finding = findings.emplace_back();
  finding.set_code("E9");
  finding.set_body(value.bodies(winner).name());
  finding.set_severity(v1::Finding::Severity::NOTE);
  finding.set_message(text.str());
}

/// Gives each piece to one body.
void share_pieces(const v1::Case& value, const Fragments& fragments, CadModel& model,
                  std::vector<v1::Finding>& findings) {
  std::map<int, std::vector<std::size_t>> owners;
  for (std::size_t b = 0; b < model.bodies.size(); ++b) {
    for (const auto& [dim, tag] : fragments.outputs[b]) {
      if (dim == 3) owners[tag].push_back(b);
    }
  }
  std::map<std::pair<int, int>, double> overlap;
  for (const auto& [tag, bodies] : owners) {
    std::size_t best = bodies.front();
    for (const std::size_t b : bodies) {
      if (keeps_shared_space(value, model.bodies[b].index, model.bodies[best].index)) best = b;
    }
    model.bodies[best].volumes.push_back(tag);
    double volume = 0;
    occ::getMass(3, tag, volume);
    for (const std::size_t b : bodies) {
      const bool family = whole_of(value.bodies(model.bodies[b].index)) ==
                          whole_of(value.bodies(model.bodies[best].index));
      if (!family) overlap[{model.bodies[best].index, model.bodies[b].index}] += volume;
    }
  }
  for (const auto& [pair, volume] : overlap) {
    report_overlap(value, pair.first, pair.second, volume, findings);
  }
}

std::set<int> boundary_of(const std::vector<int>& volumes) {
  std::set<int> faces;
  for (const int volume : volumes) {
    gmsh::vectorpair boundary;
    gmsh::model::getBoundary({{3, volume}}, boundary, false, false, false);
    for (const auto& [dim, tag] : boundary) faces.insert(tag);
  }
  return faces;
}

/// Which drawn face each final face lies on. Gmsh's map names what the cut changed; faces it left
/// alone are known again by area and centre.
void trace_faces(const Fragments& fragments, CadModel& model, PrintCache& cache) {
  std::size_t input = model.bodies.size();
  for (std::size_t b = 0; b < model.bodies.size(); ++b) {
    const CadBody& body = model.bodies[b];
    std::vector<int> pieces;
    for (const auto& [dim, tag] : fragments.outputs[b]) {
      if (dim == 3) pieces.push_back(tag);
    }
    std::set<int> unknown = boundary_of(pieces);
    std::vector<int> untraced;
    for (std::size_t f = 0; f < body.faces.size(); ++f, ++input) {
      const FaceOrigin origin{body.index, body.drawn[f].number, body.drawn[f].name};
      bool traced = false;
      for (const auto& [dim, tag] : fragments.outputs[input]) {
        if (dim != 2 || unknown.erase(tag) == 0) continue;
        model.face_origins[tag].push_back(origin);
        traced = true;
      }
      if (!traced) untraced.push_back(static_cast<int>(f));
    }
    for (const int f : untraced) {
      const FacePrint& wanted = fragments.prints.at({static_cast<int>(b), f});
      int best = 0;
      double least = 1e-4 * std::sqrt(wanted.area) + 1e-9;
      for (const int tag : unknown) {
        const double d = difference(cached_print(tag, cache), wanted);
        if (d < least) least = d, best = tag;
      }
      if (best == 0) continue;
      unknown.erase(best);
      model.face_origins[best].push_back({body.index, body.drawn[f].number, body.drawn[f].name});
    }
  }
}

double volume_of(const std::vector<int>& volumes) {
  double total = 0;
  for (const int volume : volumes) {
    double value = 0;
    occ::getMass(3, volume, value);
    total += value;
  }
  return total;
}

/// Joins the pieces of a body. Mass properties of spline solids are good to some 1e-4
/// (OpenCASCADE's default quadrature), so a change below 1e-3 is none.
void join_body(CadBody& body) {
  const double before = volume_of(body.volumes);
  gmsh::vectorpair rest, whole;
  for (std::size_t i = 1; i < body.volumes.size(); ++i) rest.push_back({3, body.volumes[i]});
  std::vector<gmsh::vectorpair> map;
  occ::fuse({{3, body.volumes[0]}}, rest, whole, map);
  body.volumes.clear();
  for (const auto& [dim, tag] : whole) {
    if (dim == 3) body.volumes.push_back(tag);
  }
  const double after = volume_of(body.volumes);
  if (std::abs(after - before) <= 1e-3 * before) return;
  std::ostringstream text;
  text << "E10: joining the pieces of a body changed its volume from " << before << " to " << after
       << " mm3";
  throw NumericalFailure("FRAGMENT_FAILED", text.str());
}

/// Joins the pieces of each body, so that no face runs through its inside. A fuse gives new tags to
/// faces that only its body has: they are known again by area and centre.
void join_pieces(CadModel& model, PrintCache& cache) {
  const std::vector<std::pair<int, int>> pairs = touching_pairs(model);
  gmsh::option::setNumber("Geometry.OCCUnionUnify", 0);
  std::map<int, std::vector<FaceOrigin>> kept;
  std::vector<std::pair<FacePrint, std::vector<FaceOrigin>>> known;
  std::vector<const CadBody*> joined;
  for (CadBody& body : model.bodies) {
    const bool join = body.volumes.size() > 1;
    for (const int tag : boundary_of(body.volumes)) {
      const auto origins = model.face_origins.find(tag);
      if (origins == model.face_origins.end()) continue;
      if (join) known.push_back({cached_print(tag, cache), origins->second});
      if (!join) kept.insert(*origins);
    }
    if (!join) continue;
    join_body(body);
    joined.push_back(&body);
  }
  if (joined.empty()) return;
  occ::synchronize();
  if (touching_pairs(model) != pairs) {
    throw NumericalFailure("FRAGMENT_FAILED",
                           "E10: joining the pieces of the bodies took contacts apart");
  }
  model.face_origins = kept;
  for (const CadBody* body : joined) {
    for (const int tag : boundary_of(body->volumes)) {
      if (kept.count(tag) != 0) continue;
      const FacePrint print = face_print(tag);
      double least = 1e-4 * std::sqrt(print.area) + 1e-9;
      for (const auto& [other, origins] : known) {
        const double d = difference(print, other);
        if (d < least) least = d, model.face_origins[tag] = origins;
      }
    }
  }
}

/// A region has the faces of its body, by the same numbers and names.
void name_faces_of_regions(const v1::Case& value, CadModel& model) {
  for (auto& [tag, origins] : model.face_origins) {
    const std::vector<FaceOrigin> of_wholes = origins;
    for (const FaceOrigin& origin : of_wholes) {
      for (int i = 0; i < value.bodies_size(); ++i) {
        const v1::Body& body = value.bodies(i);
        if (!body.has_part_of() || whole_of(body) != value.bodies(origin.body).name()) continue;
        origins.push_back({i, origin.number, origin.name});
      }
    }
  }
}

}  // namespace

void partition(const v1::Case& value, CadModel& model, std::vector<v1::Finding>& findings,
               std::vector<Problem>& problems) {
  if (model.bodies.size() == 1) {
    CadBody& body = model.bodies.front();
    body.volumes = {body.solid};
    for (std::size_t f = 0; f < body.faces.size(); ++f) {
      model.face_origins[body.faces[f]] = {
          {body.index, body.drawn[f].number, body.drawn[f].name}};
    }
    return;
  }
  const Fragments fragments = fragment_all(model);
  share_pieces(value, fragments, model, findings);
  PrintCache cache;
  trace_faces(fragments, model, cache);
  join_pieces(model, cache);
  name_faces_of_regions(value, model);
  for (const CadBody& body : model.bodies) {
    if (!body.volumes.empty()) continue;
    const std::string& name = value.bodies(body.index).name();
    problems.push_back({"BODY_EMPTY", "bodies[" + std::to_string(body.index) + "]", 0, 0,
                        name + " lies wholly inside bodies that keep the shared space",
                        "give " + name + " a higher priority"});
  }
}

std::vector<std::pair<int, int>> touching_pairs(const CadModel& model) {
  std::map<int, std::set<int>> bodies_at;
  for (const CadBody& body : model.bodies) {
    for (const int face : boundary_of(body.volumes)) bodies_at[face].insert(body.index);
  }
  std::set<std::pair<int, int>> pairs;
  for (const auto& [face, bodies] : bodies_at) {
    if (bodies.size() == 2) pairs.insert({*bodies.begin(), *bodies.rbegin()});
  }
  return {pairs.begin(), pairs.end()};
}

}  // namespace proofload::meshing
