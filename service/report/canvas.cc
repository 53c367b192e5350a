#include "canvas.h"

#include <vtkActor.h>
#include <vtkActor2D.h>
#include <vtkArrowSource.h>
#include <vtkAxesActor.h>
#include <vtkCamera.h>
#include <vtkCaptionActor2D.h>
#include <vtkCellArray.h>
#include <vtkDiscretizableColorTransferFunction.h>
#include <vtkDoubleArray.h>
#include <vtkFeatureEdges.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGWriter.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkPolyDataMapper2D.h>
#include <vtkPolyDataNormals.h>
#include <vtkProperty.h>
#include <vtkProperty2D.h>
#include <vtkRenderer.h>
#include <vtkScalarBarActor.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>
#include <vtkTransform.h>
#include <vtkTransformPolyDataFilter.h>
#include <vtkWindowToImageFilter.h>

#include <cmath>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "egl_context.h"

namespace proofload::report {
namespace {

constexpr const char* kFont = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
constexpr double kInk = 0.1;

/// Drawing area as fractions of the picture; the rest is title, legend and axes.
constexpr double kLeft = 0.04, kRight = 0.80, kBottom = 0.05, kTop = 0.90;

/// Batlow (F. Crameri, doi 10.5281/zenodo.1243862), ten of its colours.
constexpr double kBatlow[10][3] = {{.005, .098, .350}, {.063, .243, .376}, {.110, .349, .384},
                                   {.223, .434, .335}, {.405, .500, .218}, {.609, .555, .168},
                                   {.820, .591, .317}, {.962, .645, .512}, {.993, .720, .709},
                                   {.981, .800, .981}};

void set_font(vtkTextProperty* text, int size) {
  text->SetColor(kInk, kInk, kInk);
  text->SetItalic(0);
  text->SetBold(0);
  text->SetShadow(0);
  text->SetFontSize(size);
  if (!std::filesystem::exists(kFont)) return;
  text->SetFontFamily(VTK_FONT_FILE);
  text->SetFontFile(kFont);
}

vtkSmartPointer<vtkDiscretizableColorTransferFunction> colour_map(const ColourScale& scale) {
  auto map = vtkSmartPointer<vtkDiscretizableColorTransferFunction>::New();
  for (int i = 0; i < 10; ++i) {
    map->AddRGBPoint(scale.top() * i / 9., kBatlow[i][0], kBatlow[i][1], kBatlow[i][2]);
  }
  map->DiscretizeOn();
  map->SetNumberOfValues(scale.bands);
  map->SetUseAboveRangeColor(scale.clipped);
  map->SetAboveRangeColor(0.85, 0.0, 0.65);
  map->Build();
  return map;
}

/// Each quadratic face becomes four flat ones, which shows its curvature.
vtkSmartPointer<vtkPolyData> make_surface(const DesignData& design,
                                          const std::vector<SurfaceFace>& faces,
                                          const std::vector<double>& displacement, double factor,
                                          const std::vector<double>* values) {
  static const int kParts[4][3] = {{0, 3, 5}, {3, 1, 4}, {5, 4, 2}, {3, 4, 5}};
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> triangles;
  vtkNew<vtkDoubleArray> scalars;
  std::vector<vtkIdType> own(design.n_points(), -1);
  for (const SurfaceFace& face : faces) {
    for (const std::int32_t point : face.points) {
      if (own[point] >= 0) continue;
      auto x = design.position(point);
      for (int k = 0; k < 3 && !displacement.empty(); ++k) {
        x[k] += factor * displacement[3 * design.header.point_node[point] + k];
      }
      own[point] = points->InsertNextPoint(x.data());
      if (values) scalars->InsertNextValue((*values)[point]);
    }
    for (const auto& part : kParts) {
      triangles->InsertNextCell(3);
      for (const int corner : part) triangles->InsertCellPoint(own[face.points[corner]]);
    }
  }
  auto surface = vtkSmartPointer<vtkPolyData>::New();
  surface->SetPoints(points);
  surface->SetPolys(triangles);
  if (values) surface->GetPointData()->SetScalars(scalars);
  return surface;
}

template <std::size_t N>
vtkSmartPointer<vtkPolyData> make_plain(const std::vector<Vec3>& points,
                                        const std::vector<std::array<std::int32_t, N>>& cells) {
  const vtkNew<vtkPoints> places;
  for (const Vec3& p : points) places->InsertNextPoint(p.data());
  const vtkNew<vtkCellArray> lists;
  for (const auto& cell : cells) {
    lists->InsertNextCell(static_cast<int>(N));
    for (const std::int32_t corner : cell) lists->InsertCellPoint(corner);
  }
  auto data = vtkSmartPointer<vtkPolyData>::New();
  data->SetPoints(places);
  if constexpr (N == 2) data->SetLines(lists);
  if constexpr (N == 3) data->SetPolys(lists);
  return data;
}

}  // namespace

struct Canvas::State {
  EglContext context;
  vtkSmartPointer<vtkGenericOpenGLRenderWindow> window;
  vtkSmartPointer<vtkRenderer> scene;
  vtkSmartPointer<vtkRenderer> axes;
  int width = 0, height = 0;
  double mm_per_pixel = 1;
  Vec3 right, up, towards, focus;

  /// Place of a point in the picture, pixels from the lower left corner.
  Eigen::Vector2d pixel(const Vec3& point) const {
    const Vec3 d = point - focus;
    return {width / 2. + d.dot(right) / mm_per_pixel, height / 2. + d.dot(up) / mm_per_pixel};
  }
  void add_text(const std::string& text, double x, double y, int size, bool on_model = false);
  void add_lines_2d(const std::vector<std::vector<Eigen::Vector2d>>& lines, const Vec3& colour);
};

void Canvas::State::add_text(const std::string& text, double x, double y, int size, bool on_model) {
  vtkNew<vtkTextActor> actor;
  actor->SetInput(text.c_str());
  set_font(actor->GetTextProperty(), size);
  if (on_model) {
    actor->GetTextProperty()->SetBackgroundColor(1, 1, 1);
    actor->GetTextProperty()->SetBackgroundOpacity(0.8);
  }
  actor->SetPosition(x, y);
  scene->AddActor2D(actor);
}

void Canvas::State::add_lines_2d(const std::vector<std::vector<Eigen::Vector2d>>& lines,
                                 const Vec3& colour) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> cells;
  for (const auto& line : lines) {
    cells->InsertNextCell(static_cast<int>(line.size()));
    for (const auto& p : line) cells->InsertCellPoint(points->InsertNextPoint(p[0], p[1], 0));
  }
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetLines(cells);
  vtkNew<vtkPolyDataMapper2D> mapper;
  mapper->SetInputData(data);
  vtkNew<vtkActor2D> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
  actor->GetProperty()->SetLineWidth(2);
  scene->AddActor2D(actor);
}

Canvas::Canvas() : state_(std::make_unique<State>()) {
  state_->window = vtkSmartPointer<vtkGenericOpenGLRenderWindow>::New();
  auto& window = *state_->window;
  window.SetReadyForRendering(true);
  window.SetIsCurrent(true);
  window.SetMapped(true);
  window.SetSupportsOpenGL(1);
  window.SetOwnContext(0);
  window.SetOffScreenRendering(1);
  window.SetMultiSamples(8);
}

Canvas::~Canvas() {
  if (state_->scene) state_->window->RemoveRenderer(state_->scene);
  if (state_->axes) state_->window->RemoveRenderer(state_->axes);
  state_->window->Finalize();
}

void Canvas::start(const View& view) {
  State& s = *state_;
  s.towards = view.from.normalized();
  const Vec3 vertical = std::abs(s.towards.z()) > 0.95 ? Vec3::UnitY() : Vec3::UnitZ();
  s.right = vertical.cross(s.towards).normalized();
  s.up = s.towards.cross(s.right);
  Eigen::Vector2d low = Eigen::Vector2d::Constant(1e300), high = -low;
  double near = -1e300, far = 1e300;
  for (const Vec3& p : view.points) {
    const Eigen::Vector2d at(p.dot(s.right), p.dot(s.up));
    low = low.cwiseMin(at);
    high = high.cwiseMax(at);
    near = std::max(near, p.dot(s.towards));
    far = std::min(far, p.dot(s.towards));
  }
  const Eigen::Vector2d size = view.margin * (high - low);
  const bool portrait = size[1] > 1.2 * size[0];
  s.width = portrait ? 1100 : 1500;
  s.height = portrait ? 1400 : 1000;
  s.mm_per_pixel =
      std::max(size[0] / (s.width * (kRight - kLeft)), size[1] / (s.height * (kTop - kBottom)));
  const Eigen::Vector2d centre = (low + high) / 2;
  s.focus = s.right * (centre[0] - ((kLeft + kRight) / 2 - 0.5) * s.width * s.mm_per_pixel) +
            s.up * (centre[1] - ((kBottom + kTop) / 2 - 0.5) * s.height * s.mm_per_pixel) +
            s.towards * (near + far) / 2;
  if (s.scene) s.window->RemoveRenderer(s.scene);
  if (s.axes) s.window->RemoveRenderer(s.axes);
  s.window->SetSize(s.width, s.height);
  s.scene = vtkSmartPointer<vtkRenderer>::New();
  s.scene->SetBackground(1, 1, 1);
  vtkCamera* camera = s.scene->GetActiveCamera();
  camera->ParallelProjectionOn();
  camera->SetParallelScale(s.mm_per_pixel * s.height / 2);
  const double distance = 4 * ((high - low).norm() + near - far + 1);
  const Vec3 eye = s.focus + distance * s.towards;
  camera->SetFocalPoint(s.focus.data());
  camera->SetPosition(eye.data());
  camera->SetViewUp(s.up.data());
  s.window->AddRenderer(s.scene);
}

void Canvas::add_surface(const DesignData& design, const std::vector<SurfaceFace>& faces,
                         const std::vector<double>& displacement, double factor,
                         const std::vector<double>* values, const ColourScale& scale,
                         const Vec3& colour, double opacity) {
  if (faces.empty()) return;
  vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputData(make_surface(design, faces, displacement, factor, values));
  normals->SetFeatureAngle(35);
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputConnection(normals->GetOutputPort());
  if (values) {
    mapper->SetLookupTable(colour_map(scale));
    mapper->SetScalarRange(0, scale.top());
    mapper->SetInterpolateScalarsBeforeMapping(1);
  } else {
    mapper->ScalarVisibilityOff();
  }
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
  actor->GetProperty()->SetOpacity(opacity);
  actor->GetProperty()->SetAmbient(0.35);
  actor->GetProperty()->SetDiffuse(0.65);
  actor->GetProperty()->SetSpecular(0.05);
  actor->GetProperty()->SetBackfaceCulling(opacity < 1);
  state_->scene->AddActor(actor);
}

void Canvas::add_patch(const DesignData& design, const std::vector<SurfaceFace>& faces,
                       const Vec3& colour) {
  if (faces.empty()) return;
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(make_surface(design, faces, {}, 0, nullptr));
  mapper->ScalarVisibilityOff();
  mapper->SetResolveCoincidentTopologyToPolygonOffset();
  mapper->SetRelativeCoincidentTopologyPolygonOffsetParameters(-2, -2);
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
  actor->GetProperty()->SetAmbient(0.5);
  actor->GetProperty()->SetDiffuse(0.5);
  state_->scene->AddActor(actor);
}

void Canvas::add_outline(const DesignData& design, const std::vector<SurfaceFace>& faces) {
  if (faces.empty()) return;
  vtkNew<vtkFeatureEdges> edges;
  edges->SetInputData(make_surface(design, faces, {}, 0, nullptr));
  edges->BoundaryEdgesOff();
  edges->ManifoldEdgesOff();
  edges->NonManifoldEdgesOff();
  edges->SetFeatureAngle(35);
  edges->ColoringOff();
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputConnection(edges->GetOutputPort());
  mapper->ScalarVisibilityOff();
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(.45, .45, .45);
  actor->GetProperty()->SetLineWidth(1.4);
  actor->GetProperty()->SetLighting(false);
  state_->scene->AddActor(actor);
}

void Canvas::add_mesh_lines(const DesignData& design, const std::vector<SurfaceFace>& faces) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> lines;
  static const int kEdges[3][3] = {{0, 3, 1}, {1, 4, 2}, {2, 5, 0}};
  std::vector<vtkIdType> own(design.n_points(), -1);
  for (const SurfaceFace& face : faces) {
    for (const auto& edge : kEdges) {
      // A closed surface runs along each edge once in either direction: one of them is drawn.
      const auto node = [&](int corner) { return design.header.point_node[face.points[corner]]; };
      if (node(edge[0]) > node(edge[2])) continue;
      lines->InsertNextCell(3);
      for (const int corner : edge) {
        auto& id = own[face.points[corner]];
        if (id < 0) id = points->InsertNextPoint(design.position(face.points[corner]).data());
        lines->InsertCellPoint(id);
      }
    }
  }
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetLines(lines);
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(data);
  mapper->SetResolveCoincidentTopologyToPolygonOffset();
  mapper->SetRelativeCoincidentTopologyLineOffsetParameters(0, -4);
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(.15, .18, .25);
  actor->GetProperty()->SetLineWidth(1);
  actor->GetProperty()->SetLighting(false);
  state_->scene->AddActor(actor);
}

void Canvas::add_triangles(const std::vector<Vec3>& points,
                           const std::vector<std::array<std::int32_t, 3>>& triangles,
                           const Vec3& colour, bool over) {
  if (triangles.empty()) return;
  const vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(make_plain(points, triangles));
  if (over) {
    mapper->SetResolveCoincidentTopologyToPolygonOffset();
    mapper->SetRelativeCoincidentTopologyPolygonOffsetParameters(-2, -2);
  }
  const vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
  actor->GetProperty()->SetInterpolationToFlat();
  actor->GetProperty()->SetAmbient(0.4);
  actor->GetProperty()->SetDiffuse(0.6);
  state_->scene->AddActor(actor);
}

void Canvas::add_lines(const std::vector<Vec3>& points,
                       const std::vector<std::array<std::int32_t, 2>>& lines, const Vec3& colour) {
  if (lines.empty()) return;
  const vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(make_plain(points, lines));
  mapper->SetResolveCoincidentTopologyToPolygonOffset();
  mapper->SetRelativeCoincidentTopologyLineOffsetParameters(0, -8);
  const vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
  actor->GetProperty()->SetLineWidth(4);
  actor->GetProperty()->SetLighting(false);
  state_->scene->AddActor(actor);
}

void Canvas::add_arrow(const Vec3& tip, const Vec3& direction, double length, const Vec3& colour) {
  const Vec3 along = direction.normalized();
  const Vec3 start = tip - length * along;
  vtkNew<vtkArrowSource> arrow;
  arrow->SetTipResolution(24);
  arrow->SetShaftResolution(24);
  arrow->SetTipLength(0.3);
  vtkNew<vtkTransform> transform;
  transform->Translate(start.data());
  const Vec3 axis = Vec3::UnitX().cross(along);
  const double angle = std::atan2(axis.norm(), along.x()) * 180 / M_PI;
  const Vec3 turn = axis.norm() > 1e-12 ? axis : Vec3(Vec3::UnitZ());
  transform->RotateWXYZ(angle, turn.data());
  transform->Scale(length, length, length);
  vtkNew<vtkTransformPolyDataFilter> moved;
  moved->SetInputConnection(arrow->GetOutputPort());
  moved->SetTransform(transform);
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputConnection(moved->GetOutputPort());
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
  state_->scene->AddActor(actor);
}

void Canvas::add_legend(const ColourScale& scale, const std::string& title) {
  vtkNew<vtkScalarBarActor> bar;
  bar->SetLookupTable(colour_map(scale));
  bar->SetTitle("");
  bar->SetNumberOfLabels(scale.bands + 1);
  bar->SetLabelFormat("%.4g");
  bar->SetUnconstrainedFontSize(true);
  bar->SetPosition(0.85, 0.14);
  bar->SetWidth(0.11);
  bar->SetHeight(0.70);
  bar->SetBarRatio(0.3);
  set_font(bar->GetLabelTextProperty(), 20);
  state_->scene->AddActor2D(bar);
  state_->add_text(title, 0.83 * state_->width, 0.855 * state_->height, 20);
  if (scale.clipped) {
    state_->add_text("magenta: above", 0.83 * state_->width, 0.10 * state_->height, 18);
  }
}

void Canvas::add_key(const std::vector<std::pair<Vec3, std::string>>& entries) {
  double y = 0.82 * state_->height;
  const double x = 0.80 * state_->width;
  for (const auto& [colour, text] : entries) {
    std::vector<std::vector<Eigen::Vector2d>> square;
    for (int row = 0; row < 14; ++row) square.push_back({{x, y + row}, {x + 16, y + row}});
    state_->add_lines_2d(square, colour);
    state_->add_text(text, x + 24, y - 2, 17);
    y -= 32;
  }
}

void Canvas::add_title(const std::string& line, const std::string& second_line) {
  state_->add_text(line, 24, state_->height - 44, 22);
  state_->add_text(second_line, 24, state_->height - 76, 17);
}

void Canvas::add_marker(const Vec3& point, const std::string& text) {
  const Eigen::Vector2d at = state_->pixel(point);
  std::vector<Eigen::Vector2d> ring;
  for (int i = 0; i <= 24; ++i) {
    ring.emplace_back(at[0] + 9 * std::cos(i * M_PI / 12), at[1] + 9 * std::sin(i * M_PI / 12));
  }
  const double width = 11.5 * text.size();
  const bool left = at[0] > 0.5 * state_->width;
  const double end_x = left ? std::max(at[0] - 60, width + 12) : at[0] + 60;
  const double end_y = std::clamp(at[1] + 50, 60., state_->height * kTop - 20);
  const Eigen::Vector2d end(end_x, end_y);
  const Eigen::Vector2d rim = at + 9 * (end - at).normalized();
  state_->add_lines_2d({ring, {rim, end}}, Vec3(0.8, 0, 0.1));
  state_->add_text(text, left ? end[0] - width - 4 : end[0] + 6, end[1] - 8, 20, true);
}

void Canvas::save(const std::string& path) {
  State& s = *state_;
  s.window->SetNumberOfLayers(2);
  s.axes = vtkSmartPointer<vtkRenderer>::New();
  s.axes->SetLayer(1);
  s.axes->SetViewport(0.84, 0.0, 1.0, 0.10);
  vtkNew<vtkAxesActor> triad;
  for (auto* label : {triad->GetXAxisCaptionActor2D(), triad->GetYAxisCaptionActor2D(),
                      triad->GetZAxisCaptionActor2D()}) {
    label->GetTextActor()->SetTextScaleModeToNone();
    set_font(label->GetCaptionTextProperty(), 16);
  }
  s.axes->AddActor(triad);
  vtkCamera* camera = s.axes->GetActiveCamera();
  camera->ParallelProjectionOn();
  camera->SetFocalPoint(0, 0, 0);
  camera->SetPosition(s.towards.data());
  camera->SetViewUp(s.up.data());
  s.axes->ResetCamera();
  s.window->AddRenderer(s.axes);
  s.scene->ResetCameraClippingRange();
  s.window->Render();

  vtkNew<vtkWindowToImageFilter> grab;
  grab->SetInput(s.window);
  grab->SetInputBufferTypeToRGB();
  grab->ReadFrontBufferOff();
  grab->ShouldRerenderOff();
  grab->Update();
  vtkImageData* image = grab->GetOutput();
  std::set<int> colours;
  long covered = 0, looked_at = 0;
  for (int y = static_cast<int>(kBottom * s.height); y < kTop * s.height; y += 2) {
    for (int x = static_cast<int>(kLeft * s.width); x < kRight * s.width; x += 2) {
      const auto* rgb = static_cast<unsigned char*>(image->GetScalarPointer(x, y, 0));
      ++looked_at;
      covered += rgb[0] < 250 || rgb[1] < 250 || rgb[2] < 250;
      if (colours.size() < 64) colours.insert(rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
    }
  }
  if (colours.size() < 16 || covered < 0.02 * looked_at) {
    throw std::runtime_error("the picture came out blank");
  }
  vtkNew<vtkPNGWriter> writer;
  writer->SetFileName(path.c_str());
  writer->SetInputData(image);
  writer->Write();
  if (writer->GetErrorCode() != 0) throw std::runtime_error("cannot write " + path);
}

}  // namespace proofload::report
