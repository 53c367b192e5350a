#include "proofload/core/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>

#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/v1/report.pb.h"

namespace proofload {
namespace {

v1::Report report_with(double value) {
  v1::Report report;
  v1::Quantity& quantity = *report.add_quantities();
  quantity.set_name("fatigue_life_cycles");
  quantity.set_value(value);
  return report;
}

TEST(Json, KeepsZerosSmallNumbersAndRunOuts) {
  for (const double value : {0.0, -0.0, 1e-300, 1e7, 0.1, -123456.789012345678}) {
    const std::string text = to_json(report_with(value));
    v1::Report back;
    from_json(text, back);
    ASSERT_TRUE(back.quantities(0).has_value()) << text;
    EXPECT_EQ(back.quantities(0).value(), value);
  }
}

TEST(Json, PythonReadsTheSameNumbers) {
  const std::string path = testing::TempDir() + "/report.json";
  v1::Report report = report_with(0.0);
  *report.add_quantities() = report_with(-0.0).quantities(0);
  *report.add_quantities() = report_with(1e-300).quantities(0);
  *report.add_quantities() = report_with(1e7).quantities(0);
  write_file_atomically(path, to_json(report));
  const std::string command =
      "/usr/bin/python3 -c 'import json,sys; q=[x[\"value\"] for x in "
      "json.load(open(sys.argv[1]))[\"quantities\"]]; "
      "assert q==[0,0,1e-300,1e7], q' " + path;
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(Json, RefusesWhatIsNotANumberAndNamesIt) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    try {
      to_json(report_with(value));
      FAIL();
    } catch (const NumericalFailure& failure) {
      EXPECT_EQ(failure.code(), "NOT_A_NUMBER");
      EXPECT_NE(std::string(failure.what()).find("quantities[0].value"), std::string::npos);
    }
  }
}

TEST(Json, SameMessageGivesSameBytes) {
  v1::Report one, other;
  for (const char* name : {"b", "a", "c"}) (*one.mutable_provenance()->mutable_versions())[name] = name;
  for (const char* name : {"c", "b", "a"}) (*other.mutable_provenance()->mutable_versions())[name] = name;
  EXPECT_EQ(to_json(one), to_json(other));
}

TEST(Json, UnknownFieldsAreRefused) {
  v1::Report report;
  EXPECT_THROW(from_json("{\"verdictt\": \"PASS\"}", report), InvalidInput);
}

TEST(RunFolder, DigestsAreSha256) {
  EXPECT_EQ(sha256_of_text("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Problems, SurviveTheirFile) {
  const std::vector<Problem> problems{{"CODE", "a.b", 3, 4, "what\n\"is\" wrong", "mend"}};
  const auto back = problems_from_json(problems_to_json(problems));
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(to_string(back[0]), to_string(problems[0]));
}

}  // namespace
}  // namespace proofload
