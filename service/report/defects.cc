/// A surface as it came, with what is wrong with it in colours.
#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkDataArray.h>
#include <vtkIdList.h>
#include <vtkNew.h>
#include <vtkPolyData.h>
#include <vtkXMLPolyDataReader.h>

#include <filesystem>
#include <stdexcept>

#include "canvas.h"
#include "egl_context.h"
#include "proofload/report/report.h"

namespace proofload::report {
namespace {

const Vec3 kSound(0.78, 0.78, 0.76);

struct Kind {
  int number;  ///< in the cell array
  Vec3 colour;
  const char* text;
};

const Kind kKinds[] = {
    {1, {0.55, 0.35, 0.15}, "there twice"},   {2, {0.15, 0.15, 0.15}, "without area"},
    {3, {0.10, 0.40, 0.85}, "turned"},        {4, {0.95, 0.55, 0.00}, "at a hole"},
    {5, {0.60, 0.10, 0.70}, "edge of three"}, {6, {0.85, 0.05, 0.10}, "crossing"}};

template <std::size_t N>
using Lists = std::vector<std::array<std::int32_t, N>>;

/// Cells by what is wrong with them; those of other lengths are left out.
template <std::size_t N>
std::vector<Lists<N>> by_kind(vtkCellArray* cells, vtkDataArray* defect, vtkIdType first) {
  std::vector<Lists<N>> result(std::size(kKinds) + 1);
  const vtkNew<vtkIdList> corners;
  for (vtkIdType i = 0; i < cells->GetNumberOfCells(); ++i) {
    cells->GetCellAtId(i, corners);
    const auto kind = static_cast<std::size_t>(defect->GetTuple1(first + i));
    if (corners->GetNumberOfIds() != vtkIdType(N) || kind >= result.size()) continue;
    std::array<std::int32_t, N> list;
    for (std::size_t k = 0; k < N; ++k) list[k] = std::int32_t(corners->GetId(vtkIdType(k)));
    result[kind].push_back(list);
  }
  return result;
}

/// From where most of it is seen.
Vec3 side_of_defects(const std::vector<Vec3>& points, const std::vector<Lists<3>>& triangles) {
  Vec3 outward = Vec3::Zero();
  for (std::size_t kind = 1; kind < triangles.size(); ++kind) {
    for (const auto& t : triangles[kind]) {
      outward += (points[t[1]] - points[t[0]]).cross(points[t[2]] - points[t[0]]).normalized();
    }
  }
  const Vec3 usual = View().from.normalized();
  return outward.norm() > 0 ? Vec3((outward.normalized() + 0.3 * usual).normalized()) : usual;
}

}  // namespace

void draw_defects(const std::string& vtp) {
  const vtkNew<vtkXMLPolyDataReader> reader;
  reader->SetFileName(vtp.c_str());
  reader->Update();
  vtkPolyData* data = reader->GetOutput();
  vtkDataArray* defect = data->GetCellData()->GetArray("defect");
  if (data->GetNumberOfPolys() == 0 || defect == nullptr) {
    throw std::runtime_error(vtp + " is no surface marked by proofload-mesh");
  }
  std::vector<Vec3> points(data->GetNumberOfPoints());
  for (std::size_t i = 0; i < points.size(); ++i) data->GetPoint(vtkIdType(i), points[i].data());
  const auto lines = by_kind<2>(data->GetLines(), defect, 0);
  const auto triangles = by_kind<3>(data->GetPolys(), defect, data->GetNumberOfLines());
  Canvas canvas;
  canvas.start({side_of_defects(points, triangles), points});
  canvas.add_triangles(points, triangles[0], kSound);
  std::vector<std::pair<Vec3, std::string>> key;
  std::size_t wrong = 0;
  for (const Kind& kind : kKinds) {
    canvas.add_triangles(points, triangles[kind.number], kind.colour, true);
    canvas.add_lines(points, lines[kind.number], kind.colour);
    wrong += triangles[kind.number].size();
    if (triangles[kind.number].empty()) continue;
    key.emplace_back(kind.colour,
                     std::string(kind.text) + ": " + std::to_string(triangles[kind.number].size()));
  }
  canvas.add_key(key);
  const std::filesystem::path path(vtp);
  canvas.add_title(path.stem().string(),
                   std::to_string(wrong) + " of " +
                       std::to_string(defect->GetNumberOfTuples() - data->GetNumberOfLines()) +
                       " triangles have something wrong with them");
  canvas.save(std::filesystem::path(path).replace_extension(".png").string());
}

}  // namespace proofload::report
