#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkCellType.h>
#include <vtkDoubleArray.h>
#include <vtkFloatArray.h>
#include <vtkIdTypeArray.h>
#include <vtkIntArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLUnstructuredGridWriter.h>
#include <vtkLZ4DataCompressor.h>

#include <stdexcept>

#include "proofload/report/report.h"

namespace proofload::report {
namespace {

vtkSmartPointer<vtkFloatArray> array(const std::string& name, vtkIdType tuples,
                                     const std::vector<const char*>& components) {
  auto values = vtkSmartPointer<vtkFloatArray>::New();
  values->SetName(name.c_str());
  values->SetNumberOfComponents(std::max<int>(1, static_cast<int>(components.size())));
  for (std::size_t i = 0; i < components.size(); ++i) values->SetComponentName(i, components[i]);
  values->SetNumberOfTuples(tuples);
  return values;
}

void add_geometry(const DesignData& design, vtkUnstructuredGrid* grid) {
  vtkNew<vtkPoints> points;
  points->SetDataTypeToDouble();
  points->SetNumberOfPoints(static_cast<vtkIdType>(design.n_points()));
  for (vtkIdType i = 0; i < points->GetNumberOfPoints(); ++i) {
    points->SetPoint(i, design.position(static_cast<std::int32_t>(i)).data());
  }
  grid->SetPoints(points);
  vtkNew<vtkCellArray> cells;
  for (std::int64_t cell = 0; cell < design.mesh.n_cells(); ++cell) {
    cells->InsertNextCell(10);
    for (int k = 0; k < 10; ++k) cells->InsertCellPoint(design.cells[10 * cell + k]);
  }
  grid->SetCells(VTK_QUADRATIC_TETRA, cells);
  vtkNew<vtkIntArray> bodies;
  bodies->SetName("body_id");
  for (const auto body : design.mesh.cell_body) bodies->InsertNextValue(body);
  grid->GetCellData()->AddArray(bodies);
}

void add_load_case(const DesignData& design, const FieldData& fields, const std::string& suffix,
                   vtkUnstructuredGrid* grid) {
  const auto n = static_cast<vtkIdType>(design.n_points());
  auto moved = array("displacement_mm_" + suffix, n, {"X", "Y", "Z"});
  auto stress = array("stress_mpa_" + suffix, n, {"XX", "YY", "ZZ", "XY", "YZ", "XZ"});
  auto mises = array("stress_von_mises_mpa_" + suffix, n, {});
  auto principal = array("stress_principal_mpa_" + suffix, n, {"1st", "2nd", "3rd"});
  for (vtkIdType i = 0; i < n; ++i) {
    const double* tensor = &fields.result.stress_mpa[6 * i];
    const auto values = principal_stresses(tensor);
    const double* shift = &fields.result.displacement_mm[3 * design.header.point_node[i]];
    for (int k = 0; k < 3; ++k) moved->SetComponent(i, k, shift[k]);
    for (int k = 0; k < 6; ++k) stress->SetComponent(i, k, tensor[k]);
    for (int k = 0; k < 3; ++k) principal->SetComponent(i, k, values[k]);
    mises->SetValue(i, static_cast<float>(fields.von_mises[i]));
  }
  for (const auto& values : {moved, stress, mises, principal}) {
    grid->GetPointData()->AddArray(values);
  }
  const auto& error = fields.result.cell_error;
  if (static_cast<std::int64_t>(error.size()) != design.mesh.n_cells()) return;
  auto cell_error = array("energy_error_nmm_" + suffix, design.mesh.n_cells(), {});
  for (vtkIdType i = 0; i < cell_error->GetNumberOfTuples(); ++i) {
    cell_error->SetValue(i, static_cast<float>(error[i]));
  }
  grid->GetCellData()->AddArray(cell_error);
}

void add_modes(const DesignData& design, const std::string& load_case, vtkUnstructuredGrid* grid) {
  const auto n = static_cast<vtkIdType>(design.n_points());
  int number = 0;
  for (const auto& mode : io::read_buckling_modes(design.result_path, load_case)) {
    if (mode.displacement.size() != design.mesh.nodes.size()) {
      throw std::runtime_error("a buckling mode does not fit the mesh");
    }
    auto shape = array("buckling_mode_" + std::to_string(++number) + "_" + plain_name(load_case), n,
                       {"X", "Y", "Z"});
    for (vtkIdType i = 0; i < n; ++i) {
      const double* shift = &mode.displacement[3 * design.header.point_node[i]];
      for (int k = 0; k < 3; ++k) shape->SetComponent(i, k, shift[k]);
    }
    grid->GetPointData()->AddArray(shape);
  }
}

}  // namespace

std::string plain_name(const std::string& text) {
  std::string name = text.empty() ? "_" : text;
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.';
    if (!plain) c = '_';
  }
  return name[0] == '.' ? "_" + name : name;
}

void write_fields(const DesignData& design, const std::string& path) {
  vtkNew<vtkUnstructuredGrid> grid;
  add_geometry(design, grid);
  for (const std::string& load_case : design.header.load_cases) {
    add_load_case(design, read_fields(design, load_case), plain_name(load_case), grid);
    add_modes(design, load_case, grid);
  }
  vtkNew<vtkLZ4DataCompressor> lz4;
  lz4->SetCompressionLevel(1);
  vtkNew<vtkXMLUnstructuredGridWriter> writer;
  writer->SetFileName(path.c_str());
  writer->SetInputData(grid);
  writer->SetDataModeToAppended();
  writer->EncodeAppendedDataOff();
  writer->SetHeaderTypeToUInt64();
  writer->SetCompressor(lz4);
  if (!writer->Write()) throw std::runtime_error("cannot write " + path);
}

}  // namespace proofload::report
