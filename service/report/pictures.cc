#include <algorithm>
#include <cmath>
#include <filesystem>

#include "canvas.h"
#include "proofload/core/vec3.h"
#include "proofload/report/number.h"
#include "proofload/report/report.h"

namespace proofload::report {
namespace {

const Vec3 kSupportColour(0.10, 0.35, 0.75), kLoadColour(0.80, 0.15, 0.10),
    kMomentColour(0.50, 0.15, 0.60);

/// What all pictures of a design share.
struct DesignScene {
  DesignData data;
  std::vector<SurfaceFace> shown, hidden;
  double size = 0;  ///< greatest extent, mm
  Vec3 centre = Vec3::Zero();
  std::vector<Vec3> nodes;
};

struct Peak {
  std::int32_t point = -1;
  double value = -1;
};

Vec3 to_vec3(const std::array<double, 3>& p) { return {p[0], p[1], p[2]}; }

std::string shortened(const std::string& text) {
  if (text.size() <= 60) return text;
  std::size_t end = 57;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // not inside a UTF-8 letter
  return text.substr(0, end) + "...";
}

DesignScene make_scene(DesignData data) {
  DesignScene scene;
  scene.data = std::move(data);
  const DesignData& d = scene.data;
  const auto is_shown = [&d](std::int64_t cell) { return d.shown[d.mesh.cell_body[cell]]; };
  scene.shown = outer_faces(d, is_shown);
  scene.hidden = outer_faces(d, [&](std::int64_t cell) { return !is_shown(cell); });
  Vec3 low = Vec3::Constant(1e300), high = -low;
  for (std::size_t i = 0; i < d.mesh.nodes.size(); i += 3) {
    scene.nodes.emplace_back(d.mesh.nodes[i], d.mesh.nodes[i + 1], d.mesh.nodes[i + 2]);
    low = low.cwiseMin(scene.nodes.back());
    high = high.cwiseMax(scene.nodes.back());
  }
  scene.size = (high - low).maxCoeff();
  scene.centre = (low + high) / 2;
  return scene;
}

Peak peak_of(const DesignData& data, const FieldData& fields) {
  Peak peak;
  for (std::size_t i = 0; i < data.n_points(); ++i) {
    if (data.shown[data.header.point_body[i]] && fields.von_mises[i] > peak.value) {
      peak = {static_cast<std::int32_t>(i), fields.von_mises[i]};
    }
  }
  return peak;
}

/// 1, 2 or 5 times a power of ten, so that the largest motion shows as about 10 % of the size.
double deformation_factor(double size, const std::vector<double>& displacement) {
  double largest = 0;
  for (std::size_t i = 0; i + 2 < displacement.size(); i += 3) {
    largest =
        std::max(largest, std::hypot(displacement[i], displacement[i + 1], displacement[i + 2]));
  }
  if (!(largest > 0)) return 1;
  const double wanted = 0.1 * size / largest;
  const double power = std::pow(10.0, std::floor(std::log10(wanted)));
  for (const double step : {5.0, 2.0, 1.0}) {
    if (step * power <= wanted) return std::max(1.0, step * power);
  }
  return std::max(1.0, power);
}

Vec3 surface_normal(const DesignScene& scene, std::int32_t point) {
  Vec3 normal = Vec3::Zero();
  for (const SurfaceFace& face : scene.shown) {
    if (std::find(face.points.begin(), face.points.end(), point) == face.points.end()) continue;
    const Vec3 a = to_vec3(scene.data.position(face.points[0]));
    normal += (to_vec3(scene.data.position(face.points[1])) - a)
                  .cross(to_vec3(scene.data.position(face.points[2])) - a);
  }
  return normal.norm() > 0 ? Vec3(normal.normalized()) : Vec3(Vec3::Zero());
}

/// One of eight corners of the room: the one that sees the point best, from above where equal.
Vec3 direction_facing(const Vec3& normal) {
  Vec3 best(0.55, -1, 0.35);
  for (const double up : {0.35, -0.35}) {
    for (const double side : {0.55, -0.55}) {
      for (const double back : {-1., 1.}) {
        const Vec3 from(side, back, up);
        if (from.dot(normal) > best.dot(normal) + 1e-3) best = from;
      }
    }
  }
  return best;
}

std::vector<double> surface_values(const DesignScene& scene, const FieldData& fields) {
  std::vector<double> values;
  for (const SurfaceFace& face : scene.shown) {
    for (const auto point : face.points) values.push_back(fields.von_mises[point]);
  }
  return values;
}

std::string peak_text(const DesignData& data, const Peak& peak) {
  return "max " + format_number(peak.value) + "\u202fMPa (" +
         shortened(data.mesh.body_names[data.header.point_body[peak.point]]) + ")";
}

void draw_whole(Canvas& canvas, const DesignScene& scene, const FieldData& fields,
                const std::string& load_case, Picture& picture, const std::string& folder) {
  const DesignData& data = scene.data;
  const Peak peak = peak_of(data, fields);
  const auto& motion = fields.result.displacement_mm;
  const double factor = deformation_factor(scene.size, motion);
  const Vec3 shift = factor * Vec3(&motion[3 * data.header.point_node[peak.point]]);
  View view{direction_facing(surface_normal(scene, peak.point)), scene.nodes};
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    view.points.push_back(scene.nodes[i] + factor * Vec3(&motion[3 * i]));
  }
  const ColourScale scale = colour_scale(surface_values(scene, fields));
  canvas.start(view);
  canvas.add_surface(data, scene.shown, motion, factor, &fields.von_mises, scale);
  canvas.add_surface(data, scene.hidden, motion, factor, nullptr, scale, Vec3(.72, .70, .64), 0.22);
  canvas.add_outline(data, scene.shown);
  canvas.add_legend(scale, "von Mises (MPa)");
  const std::string how = "deformation × " + format_number(factor, kAsGiven) +
                          (factor == 1 ? " (true scale)" : " (not true scale)") +
                          ", grey lines: undeformed" +
                          (scene.hidden.empty() ? "" : ", grey bodies: not coloured");
  canvas.add_title(shortened(data.name) + ", load case " + shortened(load_case), how);
  canvas.add_marker(to_vec3(data.position(peak.point)) + shift, peak_text(data, peak));
  canvas.save(folder + "/" + picture.file);
  picture.caption = "Von Mises stress of " + data.name + " under load case " + load_case + ", " +
                    peak_text(data, peak) + "; " + how +
                    "; nodal stress recovered per body, level " + format_count(data.level) +
                    (scale.clipped ? "; colours end at " + format_number(scale.top(), kAsGiven) +
                                         "\u202fMPa, magenta above"
                                   : "");
}

void draw_close_up(Canvas& canvas, const DesignScene& scene, const FieldData& fields,
                   const std::string& load_case, Picture& picture, const std::string& folder) {
  const DesignData& data = scene.data;
  const Peak peak = peak_of(data, fields);
  const Vec3 at = to_vec3(data.position(peak.point));
  const double radius = 0.08 * scene.size;
  std::vector<SurfaceFace> faces;
  for (const SurfaceFace& face : scene.shown) {
    Vec3 middle = Vec3::Zero();
    for (int k = 0; k < 3; ++k) middle += to_vec3(data.position(face.points[k])) / 3;
    if ((middle - at).norm() < radius) faces.push_back(face);
  }
  const Vec3 normal = surface_normal(scene, peak.point);
  View view{normal + 0.6 * direction_facing(normal).normalized(), {at}};
  std::vector<double> values;
  for (const SurfaceFace& face : faces) {
    for (const auto point : face.points) {
      view.points.push_back(to_vec3(data.position(point)));
      values.push_back(fields.von_mises[point]);
    }
  }
  const ColourScale scale = colour_scale(values);
  canvas.start(view);
  canvas.add_surface(data, faces, {}, 0, &fields.von_mises, scale);
  canvas.add_mesh_lines(data, faces);
  canvas.add_legend(scale, "von Mises (MPa)");
  canvas.add_title(
      "Peak of " + shortened(data.name) + ", load case " + shortened(load_case),
      "cut-out of radius " + format_number(radius, 2) + "\u202fmm, undeformed, with cells");
  canvas.add_marker(at, peak_text(data, peak));
  canvas.save(folder + "/" + picture.file);
  picture.caption = "Close-up of the peak of " + data.name + " under load case " + load_case +
                    ": " + peak_text(data, peak) + ", cut-out of radius " +
                    format_number(radius, 2) + "\u202fmm, undeformed, with the cells";
}

void draw_mesh(Canvas& canvas, const DesignScene& scene, Picture& picture,
               const std::string& folder) {
  static const std::vector<Vec3> kColours = {{.55, .67, .80}, {.93, .78, .55}, {.66, .80, .62},
                                             {.85, .66, .70}, {.78, .74, .86}, {.80, .80, .72},
                                             {.60, .78, .78}, {.90, .85, .60}, {.70, .60, .50},
                                             {.95, .66, .50}, {.50, .62, .55}, {.86, .86, .92}};
  const DesignData& data = scene.data;
  const View view{Vec3(0.55, -1, 0.35), scene.nodes};
  // Of bodies that are not coloured in stress pictures only the half to the left is kept.
  const auto faces = outer_faces(data, [&](std::int64_t cell) {
    if (data.shown[data.mesh.cell_body[cell]]) return true;
    return scene.nodes[data.mesh.cells[10 * cell]].x() < scene.centre.x();
  });
  canvas.start(view);
  std::vector<std::pair<Vec3, std::string>> key;
  for (std::size_t body = 0; body < data.mesh.body_names.size(); ++body) {
    std::vector<SurfaceFace> own;
    for (const SurfaceFace& face : faces) {
      if (face.body == static_cast<std::int32_t>(body)) own.push_back(face);
    }
    const Vec3& colour = kColours[body % kColours.size()];
    canvas.add_surface(data, own, {}, 0, nullptr, {}, colour);
    key.emplace_back(colour, shortened(data.mesh.body_names[body]));
  }
  canvas.add_mesh_lines(data, faces);
  canvas.add_key(key);
  const std::string facts = format_count(data.mesh.n_cells()) + " cells, " +
                            format_count(data.mesh.n_nodes()) + " nodes, level " +
                            format_count(data.level);
  canvas.add_title("Mesh of " + shortened(data.name),
                   facts + (scene.hidden.empty() ? "" : ", bodies around the implant cut open"));
  canvas.save(folder + "/" + picture.file);
  picture.caption = "Mesh of " + data.name + ", " + facts;
}

std::vector<SurfaceFace> place_faces(const DesignData& data, const std::string& name) {
  std::vector<SurfaceFace> faces;
  for (const io::FaceSet& place : data.mesh.places) {
    if (place.name != name) continue;
    for (std::size_t i = 0; i < place.cells.size(); ++i) {
      SurfaceFace face;
      face.body = data.mesh.cell_body[place.cells[i]];
      const std::int32_t* nodes = &data.mesh.cells[10 * static_cast<std::size_t>(place.cells[i])];
      for (int k = 0; k < 6; ++k) {
        const auto at = std::find(nodes, nodes + 10, place.faces[6 * i + k]) - nodes;
        if (at == 10) throw std::runtime_error("place " + name + " does not fit its cells");
        face.points[k] = data.cells[10 * static_cast<std::size_t>(place.cells[i]) + at];
      }
      faces.push_back(face);
    }
  }
  return faces;
}

/// Area centroid and mean normal of straight faces.
std::pair<Vec3, Vec3> centroid_and_normal(const DesignData& data,
                                          const std::vector<SurfaceFace>& faces) {
  Vec3 centroid = Vec3::Zero(), normal = Vec3::Zero();
  double area = 0;
  for (const SurfaceFace& face : faces) {
    const Vec3 a = to_vec3(data.position(face.points[0])),
               b = to_vec3(data.position(face.points[1])),
               c = to_vec3(data.position(face.points[2]));
    const Vec3 n = (b - a).cross(c - a) / 2;
    centroid += n.norm() * (a + b + c) / 3;
    area += n.norm();
    normal += n;
  }
  return {area > 0 ? Vec3(centroid / area) : centroid, normal};
}

using Key = std::vector<std::pair<Vec3, std::string>>;

/// Arrows of one load and its lines of the key.
void draw_load(Canvas& canvas, const DesignScene& scene, const v1::Load& load, Key& key) {
  const auto faces = place_faces(scene.data, load.at());
  canvas.add_patch(scene.data, faces, kLoadColour);
  const auto [centroid, normal] = centroid_and_normal(scene.data, faces);
  const double length = 0.16 * scene.size;
  if (load.has_distributed() || load.has_rigid()) {
    const v1::ForceMoment& action = load.has_rigid() ? load.rigid() : load.distributed();
    const Vec3 point = vec3(action.point_mm(), centroid);
    const Vec3 force = vec3(action.force_n()), moment = vec3(action.moment_nmm());
    if (force.norm() > 0) {
      canvas.add_arrow(point, force, length, kLoadColour);
      key.emplace_back(kLoadColour, format_number(force.norm(), kAsGiven) + "\u202fN at " +
                                        shortened(load.at()));
    }
    if (moment.norm() > 0) {
      canvas.add_arrow(point + length * moment.normalized(), moment, length, kMomentColour);
      key.emplace_back(kMomentColour,
                       "moment " + format_number(moment.norm(), kAsGiven) + "\u202fN·mm");
    }
  } else if (load.has_pressure_mpa() && normal.norm() > 0) {
    canvas.add_arrow(centroid, load.pressure_mpa() < 0 ? normal : Vec3(-normal), length,
                     kLoadColour);
    key.emplace_back(kLoadColour,
                     "pressure " + format_number(load.pressure_mpa(), kAsGiven) + "\u202fMPa");
  } else {
    key.emplace_back(kLoadColour, "load" + (load.at().empty() ? " on all bodies"
                                                              : " at " + shortened(load.at())));
  }
}

void draw_loads(Canvas& canvas, const DesignScene& scene, const v1::LoadCase& load_case,
                Picture& picture, const std::string& folder) {
  const DesignData& data = scene.data;
  View view{Vec3(0.55, -1, 0.35), scene.nodes};
  for (const double sign : {-1., 1.}) {  // room for the arrows
    view.points.push_back(scene.centre + sign * 0.62 * scene.size * Vec3::UnitZ());
  }
  canvas.start(view);
  canvas.add_surface(data, scene.shown, {}, 0, nullptr, {}, Vec3(.75, .78, .82));
  canvas.add_surface(data, scene.hidden, {}, 0, nullptr, {}, Vec3(.72, .70, .64), 0.25);
  canvas.add_outline(data, scene.shown);
  Key key;
  const auto& supports =
      load_case.supports().empty() ? data.value.supports() : load_case.supports();
  for (const v1::Support& support : supports) {
    canvas.add_patch(data, place_faces(data, support.at()), kSupportColour);
    key.emplace_back(kSupportColour, "held: " + shortened(support.name()));
  }
  for (const v1::Load& load : load_case.loads()) draw_load(canvas, scene, load, key);
  canvas.add_key(key);
  canvas.add_title("Supports and loads of " + shortened(data.name),
                   "load case " + shortened(load_case.name()) + ", undeformed");
  canvas.save(folder + "/" + picture.file);
  picture.caption = "Supports (blue) and loads (red; moments violet, right-hand rule) of " +
                    data.name + ", load case " + load_case.name();
}

/// The first buckling mode, coloured by its own size: a mode has a shape and no amount.
void draw_mode(Canvas& canvas, const DesignScene& scene, const io::BucklingModeResult& mode,
               const std::string& load_case, Picture& picture, const std::string& folder) {
  const DesignData& data = scene.data;
  if (mode.displacement.size() != data.mesh.nodes.size()) {
    throw std::runtime_error("the mode does not fit the mesh");
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < data.n_points(); ++i) {
    values.push_back(Vec3(&mode.displacement[3 * data.header.point_node[i]]).norm());
  }
  const double factor = 0.12 * scene.size;
  View view{Vec3(0.55, -1, 0.35), scene.nodes};
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    view.points.push_back(scene.nodes[i] + factor * Vec3(&mode.displacement[3 * i]));
  }
  const ColourScale scale = colour_scale(values);
  canvas.start(view);
  canvas.add_surface(data, scene.shown, mode.displacement, factor, &values, scale);
  canvas.add_surface(data, scene.hidden, mode.displacement, factor, nullptr, scale,
                     Vec3(.72, .70, .64), 0.22);
  canvas.add_outline(data, scene.shown);
  canvas.add_legend(scale, "mode shape");
  const std::string what = "first buckling mode, load factor " + format_number(mode.factor);
  canvas.add_title(shortened(data.name) + ", load case " + shortened(load_case),
                   what + ", shape only, grey lines: undeformed");
  canvas.save(folder + "/" + picture.file);
  picture.caption = "First buckling mode of " + data.name + " under load case " + load_case +
                    ": critical at " + format_number(mode.factor) +
                    " times the load. The shape only: a mode has no amount. Level " +
                    format_count(data.level);
}

/// Draws by `draw`; keeps the picture or its failure.
template <class Draw>
void attempt(Media& media, Picture picture, const std::function<void(const Media&)>& done,
             Draw draw) {
  try {
    draw(picture);
    media.pictures.push_back(picture);
  } catch (const std::exception& failure) {
    media.problems.push_back(picture.file + ": " + failure.what());
  }
  done(media);
}

std::string worst_load_case(const DesignData& data) {
  std::string worst;
  double greatest = -1;
  for (const std::string& load_case : data.header.load_cases) {
    const Peak peak = peak_of(data, read_fields(data, load_case));
    if (peak.value <= greatest) continue;
    greatest = peak.value;
    worst = load_case;
  }
  return worst;
}

void draw_design(Canvas& canvas, const DesignScene& scene, const std::string& folder, Media& media,
                 const std::function<void(const Media&)>& done) {
  const DesignData& data = scene.data;
  const std::string base = plain_name(data.name);
  const bool is_implant = data.kind == "implant";
  const std::string worst = worst_load_case(data);
  int number = 0;
  for (const std::string& load_case : data.header.load_cases) {
    ++number;
    const std::string name = base + "_" + std::to_string(number) + "_" + plain_name(load_case);
    const auto modes = io::read_buckling_modes(data.result_path, load_case);
    if (!modes.empty()) {
      attempt(media, {"buckling", data.name, load_case, name + "_mode.png", ""}, done,
              [&](Picture& p) { draw_mode(canvas, scene, modes[0], load_case, p, folder); });
    }
    if (!is_implant && load_case != worst) continue;
    const FieldData fields = read_fields(data, load_case);
    const char* kind = load_case == worst ? "overview" : "load_case";
    attempt(media, {kind, data.name, load_case, name + ".png", ""}, done,
            [&](Picture& p) { draw_whole(canvas, scene, fields, load_case, p, folder); });
    if (!is_implant) continue;
    attempt(media, {"close_up", data.name, load_case, name + "_peak.png", ""}, done,
            [&](Picture& p) { draw_close_up(canvas, scene, fields, load_case, p, folder); });
  }
  attempt(media, {"mesh", data.name, "", base + "_mesh.png", ""}, done,
          [&](Picture& p) { draw_mesh(canvas, scene, p, folder); });
  if (data.value.load_cases().empty()) return;
  attempt(media, {"loads", data.name, "", base + "_loads.png", ""}, done,
          [&](Picture& p) { draw_loads(canvas, scene, data.value.load_cases(0), p, folder); });
}

}  // namespace

void draw_pictures(const std::string& run_folder,
                   const std::vector<const v1::DesignReport*>& designs, const std::string& folder,
                   const std::function<void(const Media&)>& done) {
  Media media;
  media.folder = folder;
  try {
    std::filesystem::create_directories(folder);
    Canvas canvas;
    for (const v1::DesignReport* entry : designs) {
      try {
        auto data = read_design(run_folder, entry->name(), entry->kind());
        if (!data) {
          media.problems.push_back(entry->name() + ": no level was computed");
          continue;
        }
        draw_design(canvas, make_scene(std::move(*data)), folder, media, done);
      } catch (const std::exception& failure) {
        media.problems.push_back(entry->name() + ": " + failure.what());
      }
    }
  } catch (const std::exception& failure) {
    media.problems.push_back(failure.what());
  }
  done(media);
}

}  // namespace proofload::report
