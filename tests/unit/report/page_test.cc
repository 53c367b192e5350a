#include "proofload/report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "proofload/core/problem.h"
#include "synthetic_run.h"

namespace proofload::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Section& section(const std::string& id) {
  for (const Section& candidate : sections()) {
    if (candidate.id == id) return candidate;
  }
  throw std::logic_error("no section " + id);
}

std::string html(const std::string& id, const v1::Report& report = full_report()) {
  return render_section(section(id), report, Media{});
}

/// Keys of a template that its model lacks, sections opened on the way.
void find_missing(const std::string& text, std::vector<const Json*> scopes,
                  std::vector<std::string>& missing) {
  static const std::regex kTag(R"(\{\{\{?\s*([#^/]?)\s*([a-z_0-9]+)\s*\}?\}\})");
  auto at = text.cbegin();
  std::smatch tag;
  const auto find = [&scopes](const std::string& key) -> const Json* {
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
      if ((*scope)->is_object() && (*scope)->contains(key)) return &(**scope)[key];
    }
    return nullptr;
  };
  while (std::regex_search(at, text.cend(), tag, kTag)) {
    const std::string kind = tag[1], key = tag[2];
    at = tag[0].second;
    const Json* value = find(key);
    if (!value) missing.push_back(key);
    if (kind.empty() || kind == "/") continue;
    const std::string end = "{{/" + key + "}}";
    const auto inner_end = std::search(at, text.cend(), end.begin(), end.end());
    auto inner = scopes;
    const bool rows = value && value->is_array() && !value->empty();
    if (kind == "#" && value && value->is_array() && value->empty()) {
      ADD_FAILURE() << "the sample report leaves the list " << key << " empty";
    } else if (kind == "#" && value) {
      inner.push_back(rows ? &value->front() : value);
    }
    find_missing(std::string(at, inner_end), inner, missing);
    at = inner_end;
  }
}

class EverySection : public ::testing::TestWithParam<Section> {};

TEST_P(EverySection, ModelHasEveryKeyOfItsTemplate) {
  Media media;
  media.folder = PROOFLOAD_SOURCE_DIR "/tests/unit/report";
  for (const char* kind :
       {"overview", "mesh", "loads", "convergence", "sn_curve", "close_up", "buckling"}) {
    media.pictures.push_back({kind, "implant", "axial", "synthetic_run.h", "a picture"});
  }
  media.problems = {"none really"};
  v1::Report report = full_report();
  *report.add_comparisons() = report.comparisons(0);
  report.mutable_comparisons(2)->clear_kind();
  std::vector<std::string> missing;
  const Json model = GetParam().build(report, media);
  find_missing(template_text(GetParam().id), {&model}, missing);
  EXPECT_THAT(missing, ::testing::IsEmpty());
}

TEST_P(EverySection, SurvivesAnEmptyReport) {
  const std::string text = render_section(GetParam(), v1::Report{}, Media{});
  EXPECT_FALSE(text.empty());
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

INSTANTIATE_TEST_SUITE_P(All, EverySection, ::testing::ValuesIn(sections()),
                         [](const auto& info) { return std::string(info.param.id); });

TEST(Summary, NamesVerdictGoverningValueLimitAndMargin) {
  const std::string text = html("summary");
  EXPECT_THAT(text, HasSubstr("<strong>REVIEW</strong>"));
  EXPECT_THAT(text, HasSubstr("Yield safety factor"));
  EXPECT_THAT(text, HasSubstr("6.620 ± 0.20"));
  EXPECT_THAT(text, HasSubstr("at least 1.5"));
  EXPECT_THAT(text, HasSubstr("341\u202f%"));
  EXPECT_THAT(text, HasSubstr("the peak of strut under flexion is not resolved"));
}

TEST(Buckling, SaysFactorsAmplificationAndWhatIsMissing) {
  v1::Report report = full_report();
  v1::Quantity& first = *report.add_quantities();
  first.set_name("buckling_load_factor");
  first.set_design("implant");
  first.set_load_case("flexion");
  first.set_value(8);
  first.set_bound(v1::Bound::EXACT);
  first.set_numerical_error(0.1);
  v1::Quantity& second = *report.add_quantities();
  second = first;
  second.set_value(9);
  v1::Quantity& third = *report.add_quantities();
  third = first;
  third.clear_value();
  third.set_reason("2 of 3 values converged");
  const auto text = [&] {
    for (const Section& section : sections())
      if (std::string(section.id) == "buckling") return render_section(section, report, Media{});
    return std::string();
  };
  EXPECT_THAT(text(), HasSubstr("8.000 ± 0.10"));
  EXPECT_THAT(text(), HasSubstr("<td class=\"n\">0.125</td><td>linear results × 1.14</td>"));
  EXPECT_THAT(text(), Not(HasSubstr("0.111")));  // of the lowest mode only
  EXPECT_THAT(text(), HasSubstr("not computed: 2 of 3 values converged"));
  report.mutable_case_()->mutable_analyses()->clear_buckling();
  EXPECT_THAT(text(), HasSubstr("Not asked for"));
}

TEST(Summary, AFailedRuleGovernsOverABetterOne) {
  v1::Report report = full_report();
  report.set_verdict(v1::Verdict::FAIL);
  v1::CriterionResult* failed = report.add_criteria();
  *failed = report.criteria(0);
  failed->set_status(v1::CriterionStatus::NOT_MET);
  failed->mutable_quantity()->set_value(1.25);
  EXPECT_THAT(html("summary", report), HasSubstr("1.250 ± 0.20"));
}

TEST(Summary, UnspecifiedVerdictIsReview) {
  EXPECT_THAT(html("summary", v1::Report{}), HasSubstr("<strong>REVIEW</strong>"));
}

TEST(Buckling, MissingValueSaysWhy) {
  EXPECT_THAT(html("buckling"), HasSubstr("not computed: the analysis was not asked for"));
  EXPECT_THAT(html("results"), Not(HasSubstr("Buckling load factor")));
}

TEST(Results, UnresolvedPeakSaysWhy) {
  EXPECT_THAT(html("results"),
              HasSubstr("peak not resolved by the mesh; lies at an interface edge"));
}

TEST(Fatigue, RunOutIsABound) { EXPECT_THAT(html("fatigue"), HasSubstr("≥ (1.000 ± 0) × 10⁷")); }

TEST(Comparison, SaysWhatWasNotCompared) {
  const std::string text = html("comparison");
  EXPECT_THAT(text, HasSubstr("not compared: no fixation of the rod was given"));
  v1::Report report = full_report();
  report.mutable_comparisons(1)->set_reason("not compared: both sides are run-outs");
  EXPECT_THAT(html("comparison", report), HasSubstr("<td class=\"n\">not compared: both sides"));
  EXPECT_THAT(text, HasSubstr("9.870"));
  EXPECT_THAT(text, HasSubstr("not computed: the section is not known"));
}

TEST(Materials, UnconfirmedNumbersAreMarked) {
  EXPECT_THAT(html("materials"),
              HasSubstr("<tr class=\"flag\"><td>ti6al4v</td><td>findley_k</td><td>textbook"));
}

/// Puts a text into every string of a message, and empties no field.
void poison(google::protobuf::Message& message, const std::string& text) {
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    const bool is_text = field->type() == google::protobuf::FieldDescriptor::TYPE_STRING;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (is_text && field->is_repeated()) {
        reflection->SetRepeatedString(&message, field, i, text);
      } else if (is_text) {
        reflection->SetString(&message, field, text);
      } else if (field->message_type() && field->is_repeated()) {
        poison(*reflection->MutableRepeatedMessage(&message, field, i), text);
      } else if (field->message_type()) {
        poison(*reflection->MutableMessage(&message, field), text);
      }
    }
  }
}

TEST(Page, EveryUserTextIsEscaped) {
  v1::Report report = full_report();
  poison(report, "<script>alert(1)</script>\"'&{{case_name}}");
  const std::string page = render_page(report, Media{});
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
}

TEST(Page, AsksForNothingFromOutside) {
  const std::string page = render_page(full_report(), Media{});
  EXPECT_THAT(page, HasSubstr("default-src 'none'; img-src data:"));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
}

TEST(Page, RawTagsStandOnlyInThePageItself) {
  for (const Section& candidate : sections()) {
    EXPECT_THAT(template_text(candidate.id), Not(HasSubstr("{{{"))) << candidate.id;
  }
}

TEST(Page, RefusesAPassThatTheRulesDoNotBear) {
  v1::Report report = full_report();
  report.set_verdict(v1::Verdict::PASS);
  EXPECT_THROW(render_page(report, Media{}), NumericalFailure);
  report.clear_criteria();
  EXPECT_THROW(render_page(report, Media{}), NumericalFailure);
  report = full_report();
  report.set_verdict(v1::Verdict::PASS);
  report.mutable_criteria(0)->set_status(v1::CriterionStatus::MET);
  EXPECT_THAT(render_page(report, Media{}), HasSubstr("<strong>PASS</strong>"));
}

}  // namespace
}  // namespace proofload::report
