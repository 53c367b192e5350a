#pragma once
/// What a client may read of a run folder: regular files under report/, nothing else.
#include <string>
#include <vector>

#include "proofload/v1/proofload.pb.h"

namespace proofload::service {

/// Opens `report_folder`/`file` for reading without following links or leaving the folder; the
/// descriptor, or -1 when there is no such regular file.
int open_report_file(const std::string& report_folder, const std::string& file);

/// Regular files under the folder with their sizes, in order of name.
std::vector<v1::ReportFile> list_report_files(const std::string& report_folder);

}  // namespace proofload::service
