#include "sizing.h"

#include <algorithm>
#include <cmath>

#include "proofload/core/vec3.h"
#include "regions.h"

namespace proofload::meshing {
namespace {

constexpr double kModelCubes = 1000;       // edge cubes of the whole model, first level
constexpr double kBodyCubes = 2000;        // most edge cubes that thinness alone may ask for
constexpr double kShellThicknesses = 1.5;  // size over thickness in a shell
constexpr double kCurvatureAuto = 0.65;    // least curved size over body size, all automatic
constexpr double kCurvatureSized = 0.25;   // the same where the case states an element size

/// Volume over area is D/4 for a rod and t/2 for a plate.
double automatic_size(const BodyExtent& body, double model_size) {
  const double thinness = body.volume_mm3 / body.area_mm2;
  const double least = std::cbrt(body.volume_mm3 / kBodyCubes);
  return std::min(std::max(std::min(model_size, thinness), least), 2 * thinness);
}

/// Regions without a size of their own take that of their body, shells no more than suits them.
void size_regions(const v1::Case& value, std::vector<double>& sizes) {
  for (int i = 0; i < value.bodies_size(); ++i) {
    if (sizes[i] > 0) continue;
    sizes[i] = sizes[whole_index(value, i)];
    const v1::Region& region = value.bodies(i).part_of().region();
    if (region.has_shell()) {
      sizes[i] = std::min(sizes[i], kShellThicknesses * region.shell().thickness_mm());
    }
  }
}

}  // namespace

SizeRequest request_sizes(const v1::Case& value, const std::vector<BodyExtent>& extents) {
  const v1::MeshRequest& mesh = value.mesh();
  double volume = 0;
  for (const BodyExtent& body : extents) volume += body.volume_mm3;
  const double model_size = std::cbrt(volume / kModelCubes);
  SizeRequest request;
  bool stated = mesh.has_element_size_mm();
  for (int i = 0; i < value.bodies_size(); ++i) {
    const v1::Body& body = value.bodies(i);
    stated = stated || body.has_element_size_mm();
    request.body_size.push_back(body.has_element_size_mm() ? body.element_size_mm()
                                : body.has_part_of()       ? 0
                                : mesh.has_element_size_mm()
                                    ? mesh.element_size_mm()
                                    : automatic_size(extents[i], model_size));
  }
  size_regions(value, request.body_size);
  const double smallest = *std::min_element(request.body_size.begin(), request.body_size.end());
  request.least_size = smallest * (mesh.has_elements_per_turn() ? 1e-3
                                   : stated                     ? kCurvatureSized
                                                                : kCurvatureAuto);
  if (mesh.has_elements_per_turn()) request.elements_per_turn = mesh.elements_per_turn();
  for (const v1::Refinement& refine : mesh.refine()) {
    const Vec3 c = vec3(refine.center_mm());
    request.balls.push_back({{c[0], c[1], c[2]}, refine.radius_mm(), refine.element_size_mm()});
    request.least_size = std::min(request.least_size, refine.element_size_mm());
  }
  return request;
}

SizeRequest scaled(SizeRequest request, double factor) {
  for (double& size : request.body_size) size *= factor;
  for (SizeBall& ball : request.balls) ball.size *= factor;
  request.least_size *= factor;
  request.elements_per_turn /= factor;
  return request;
}

double size_from_balls(const std::vector<SizeBall>& balls, const Point& at, double size) {
  for (const SizeBall& ball : balls) {
    const double distance =
        std::sqrt(std::pow(at[0] - ball.center[0], 2) + std::pow(at[1] - ball.center[1], 2) +
                  std::pow(at[2] - ball.center[2], 2));
    size = std::min(size, ball.size + kSizeGrowth * std::max(0.0, distance - ball.radius));
  }
  return size;
}

}  // namespace proofload::meshing
