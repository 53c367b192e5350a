#pragma once
/// A run folder made by hand: two boxes of tetrahedra, a bending field, a report with every
/// section.
#include <string>

#include "proofload/io/mesh_file.h"
#include "proofload/io/result_file.h"
#include "proofload/v1/report.pb.h"

namespace proofload::report {

/// A bar of "strut" over a block of "bone", n cells across; nodes shared at the interface.
io::Mesh box_mesh(int n);

/// Bending by a tip force: displacement and stress of beam theory in the bar, zero in the block.
io::LoadCaseResult bending(const io::Mesh& mesh, const io::ResultHeader& header, double force_n);

io::ResultHeader header_for(const io::Mesh& mesh, const std::vector<std::string>& load_cases);

/// A report with something in every section and no missing value where one is expected.
v1::Report full_report();

/// Writes run/report/report.json and one design "implant" with one level.
void write_run(const std::string& folder, const v1::Report& report, int n);

}  // namespace proofload::report
