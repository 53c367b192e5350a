#pragma once
/// A picture being drawn: VTK through an EGL surfaceless context, no X server, no screen.
#include <Eigen/Geometry>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "proofload/report/design_data.h"

namespace proofload::report {

using Vec3 = Eigen::Vector3d;

/// How values become colours: bands of a round width from zero. Above `top` (where the picture's
/// peak is much higher than nearly all of the surface) the colour is magenta.
struct ColourScale {
  double band = 1;
  int bands = 10;
  bool clipped = false;
  double top() const { return band * bands; }
};

/// Bands for the von Mises values of what is drawn. `values` may be empty.
ColourScale colour_scale(std::vector<double> values);

/// A view: where the camera looks from (unit vector) and what box of points it must show.
struct View {
  Vec3 from{0.5, -1, 0.35};
  std::vector<Vec3> points;  ///< all of these are inside the picture
  double margin = 1.05;
};

/// Draws one picture after the other; owns the GL context. Throws std::runtime_error naming the
/// step of EGL that failed.
class Canvas {
 public:
  Canvas();
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  /// Starts an empty picture; its format follows the view.
  void start(const View& view);

  /// Faces moved by factor * displacement (per node, may be empty). `values` per point colours them
  /// by `scale`; without values they have one colour.
  void add_surface(const DesignData& design, const std::vector<SurfaceFace>& faces,
                   const std::vector<double>& displacement, double factor,
                   const std::vector<double>* values, const ColourScale& scale,
                   const Vec3& colour = Vec3(0.8, 0.8, 0.8), double opacity = 1);
  /// Faces drawn over the surface they are part of.
  void add_patch(const DesignData& design, const std::vector<SurfaceFace>& faces,
                 const Vec3& colour);
  /// Sharp edges of the undeformed faces.
  void add_outline(const DesignData& design, const std::vector<SurfaceFace>& faces);
  /// Edges of the cells on these faces.
  void add_mesh_lines(const DesignData& design, const std::vector<SurfaceFace>& faces);
  /// Flat triangles in one colour; `over`: drawn over a surface they are part of.
  void add_triangles(const std::vector<Vec3>& points,
                     const std::vector<std::array<std::int32_t, 3>>& triangles, const Vec3& colour,
                     bool over = false);
  void add_lines(const std::vector<Vec3>& points,
                 const std::vector<std::array<std::int32_t, 2>>& lines, const Vec3& colour);
  void add_arrow(const Vec3& tip, const Vec3& direction, double length, const Vec3& colour);

  void add_legend(const ColourScale& scale, const std::string& title);
  /// Coloured squares with text.
  void add_key(const std::vector<std::pair<Vec3, std::string>>& entries);
  void add_title(const std::string& line, const std::string& second_line);
  /// Ring at the point and the text beside it, with a leader.
  void add_marker(const Vec3& point, const std::string& text);

  /// Renders and writes a PNG. Throws std::runtime_error when the picture is blank: fewer than 16
  /// colours, or less than 2 % of the drawing area covered by the model.
  void save(const std::string& path);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace proofload::report
