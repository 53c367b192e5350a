#include "surface_defects.h"

#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkSignedCharArray.h>
#include <vtkXMLPolyDataWriter.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "surface_crossings.h"
#include "surface_steps.h"
#include "surface_topology.h"

namespace proofload::meshing {
namespace {

Defect defect_of_edge(const std::vector<Side>& sides, std::size_t begin, std::size_t end) {
  if (end == begin + 1) return Defect::hole;
  if (end > begin + 2) return Defect::non_manifold;
  return sides[begin].forward == sides[begin + 1].forward ? Defect::turned : Defect::none;
}

void mark(Defect found, Defect& defect) { defect = std::max(defect, found); }

}  // namespace

MarkedSurface mark_defects(const TriangleSoup& soup) {
  MarkedSurface result{soup, std::vector<Defect>(soup.triangles.size(), Defect::none), {}, {}};
  Point low, high;
  bounds(soup.points, low, high);
  merge_points(result.soup, kMergeFraction * (to_vec(high) - to_vec(low)).norm());
  const std::vector<Triangle>& triangles = result.soup.triangles;
  std::vector<Triangle> kept;
  std::vector<std::size_t> number;  // [kept] in `triangles`
  std::set<Triangle> seen;
  for (std::size_t t = 0; t < triangles.size(); ++t) {
    Triangle key = triangles[t];
    std::sort(key.begin(), key.end());
    const bool collapsed = key[0] == key[1] || key[1] == key[2];
    if (collapsed || !(area_vector(result.soup.points, triangles[t]).norm() > 0)) {
      mark(Defect::no_area, result.defect[t]);
    } else if (!seen.insert(key).second) {
      mark(Defect::duplicate, result.defect[t]);
    } else {
      number.push_back(t);
      kept.push_back(triangles[t]);
    }
  }
  const std::vector<Side> sides = sorted_sides(kept);
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    const Defect found = defect_of_edge(sides, i, end);
    if (found != Defect::none) {
      result.edges.push_back({sides[i].low, sides[i].high});
      result.edge_defect.push_back(found);
      for (std::size_t k = i; k < end; ++k) mark(found, result.defect[number[sides[k].triangle]]);
    }
    i = end;
  }
  for (const Crossing& crossing : find_crossings(result.soup.points, kept)) {
    for (const int t : {crossing.first, crossing.second}) {
      mark(Defect::crossing, result.defect[number[t]]);
    }
  }
  return result;
}

void write_defects(const MarkedSurface& marked, const std::string& path) {
  const vtkNew<vtkPoints> points;
  points->SetDataTypeToDouble();
  for (const Point& p : marked.soup.points) points->InsertNextPoint(p.data());
  const vtkNew<vtkCellArray> lines, polygons;
  const vtkNew<vtkSignedCharArray> defect;
  defect->SetName("defect");
  const auto add = [&](vtkCellArray& cells, const auto& corners, Defect value) {
    cells.InsertNextCell(static_cast<int>(corners.size()));
    for (const int corner : corners) cells.InsertCellPoint(corner);
    defect->InsertNextValue(static_cast<signed char>(value));
  };
  for (std::size_t i = 0; i < marked.edges.size(); ++i) {
    add(*lines, marked.edges[i], marked.edge_defect[i]);
  }
  for (std::size_t t = 0; t < marked.defect.size(); ++t) {
    add(*polygons, marked.soup.triangles[t], marked.defect[t]);
  }
  const vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetLines(lines);
  data->SetPolys(polygons);
  data->GetCellData()->AddArray(defect);
  const vtkNew<vtkXMLPolyDataWriter> writer;
  writer->SetFileName(path.c_str());
  writer->SetInputData(data);
  if (writer->Write() == 0) throw std::runtime_error("cannot write " + path);
}

}  // namespace proofload::meshing
