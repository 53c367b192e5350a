/// VTK's XML polydata. VTK reads it; what it read is checked like everything else.
#include <vtkCellArray.h>
#include <vtkDataArray.h>
#include <vtkDataArraySelection.h>
#include <vtkLogger.h>
#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkOutputWindow.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkXMLPolyDataReader.h>

#include <new>

#include "surface_build.h"
#include "surface_formats.h"

namespace proofload::meshing {
namespace {

constexpr const char* kExportAgain = "export the file again, or as binary STL";

/// Keeps what VTK would print.
class Messages : public vtkOutputWindow {
 public:
  static Messages* New();
  vtkTypeMacro(Messages, vtkOutputWindow);
  void DisplayText(const char* text) override {
    if (first_.empty() && text != nullptr) first_ = text;
  }
  bool any() const { return !first_.empty(); }

  /// The first sentence behind "ERROR: In file, line …" and the name of the object.
  std::string first() const {
    const std::size_t at = first_.find("): ");
    std::string text = first_.substr(at == std::string::npos ? 0 : at + 3, 200);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
  }

 private:
  std::string first_;
};

vtkStandardNewMacro(Messages);

/// VTK's messages go to `messages` as long as this lives.
class Redirected {
 public:
  explicit Redirected(vtkOutputWindow* messages) : before_(vtkOutputWindow::GetInstance()) {
    before_->Register(nullptr);
    vtkOutputWindow::SetInstance(messages);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() {
    vtkOutputWindow::SetInstance(before_);
    before_->UnRegister(nullptr);
  }

 private:
  vtkOutputWindow* before_;
};

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw_problem("MESH_SYNTAX", path, what, kExportAgain);
}

/// Lists of corners. VTK does not check that offsets rise and stay inside.
std::vector<std::vector<std::int64_t>> lists_of(const std::string& path, vtkCellArray* cells) {
  std::vector<std::vector<std::int64_t>> lists;
  if (cells == nullptr || cells->GetOffsetsArray() == nullptr) return lists;
  vtkDataArray *offsets = cells->GetOffsetsArray(), *corners = cells->GetConnectivityArray();
  const auto size = double(corners->GetNumberOfTuples());
  for (vtkIdType i = 0; i + 1 < offsets->GetNumberOfTuples(); ++i) {
    const double from = offsets->GetTuple1(i), to = offsets->GetTuple1(i + 1);
    if (!(from >= 0 && to >= from && to <= size)) {
      refuse(path, "offset " + std::to_string(i + 1) + " is outside the connectivity");
    }
    std::vector<std::int64_t>& list = lists.emplace_back();
    for (auto k = vtkIdType(from); k < vtkIdType(to); ++k) {
      list.push_back(static_cast<std::int64_t>(corners->GetTuple1(k)));
    }
  }
  return lists;
}

TriangleSoup read(const std::string& path, double scale, const Messages& messages) {
  const vtkNew<vtkXMLPolyDataReader> reader;
  reader->SetFileName(path.c_str());
  reader->UpdateInformation();
  reader->GetPointDataArraySelection()->DisableAllArrays();
  reader->GetCellDataArraySelection()->DisableAllArrays();
  if (!messages.any()) reader->Update();
  if (messages.any()) refuse(path, "VTK cannot read it: " + messages.first());
  vtkPolyData* data = reader->GetOutput();
  std::vector<Point> points(data->GetNumberOfPoints());
  for (std::size_t i = 0; i < points.size(); ++i) data->GetPoint(vtkIdType(i), points[i].data());
  std::vector<std::vector<std::int64_t>> polygons = lists_of(path, data->GetPolys());
  for (const auto& strip : lists_of(path, data->GetStrips())) add_strip(strip, polygons);
  return soup_of_polygons(path, points, polygons, scale);
}

}  // namespace

TriangleSoup read_vtp(const std::string& path, double scale) {
  const std::string text = read_bytes("MESH", path);
  if (text.find("<VTKFile") == std::string::npos) refuse(path, "the file has no element VTKFile");
  if (text.find("<!DOCTYPE") != std::string::npos) {
    refuse(path, "the file has a document type declaration");
  }
  vtkLogger::SetStderrVerbosity(vtkLogger::VERBOSITY_OFF);
  const vtkNew<Messages> messages;
  const Redirected redirected(messages);
  try {
    return read(path, scale, *messages);
  } catch (const std::bad_alloc&) {
    refuse(path, "the file announces more than there is memory for");
  }
}

}  // namespace proofload::meshing
