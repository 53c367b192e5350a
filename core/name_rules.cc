#include "name_rules.h"

#include <regex>

#include "proofload/v1/options.pb.h"
#include "yaml_reader.h"

namespace proofload {

namespace pb = google::protobuf;

namespace {

template <typename Map>
std::set<std::string> keys(const Map& map) {
  std::set<std::string> names;
  for (const auto& entry : map) names.insert(entry.first);
  return names;
}

class ReferenceCheck {
 public:
  ReferenceCheck(const CaseText& text, const KnownNames& known, std::vector<Problem>& problems)
      : text_(text), known_(known), problems_(problems) {}

  void message(const pb::Message& message, const std::string& path) {
    std::vector<const pb::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const pb::FieldDescriptor* field : fields) {
      const std::string inner = path.empty() ? field->name() : path + "." + field->name();
      if (field->is_map()) {
        map(message, field, inner);
        continue;
      }
      const int size =
          field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) {
        value(message, field, i,
              field->is_repeated() ? inner + "[" + std::to_string(i) + "]" : inner);
      }
    }
  }

 private:
  void map(const pb::Message& message, const pb::FieldDescriptor* field, const std::string& path) {
    const pb::FieldDescriptor* key = field->message_type()->map_key();
    const pb::FieldDescriptor* value = field->message_type()->map_value();
    if (value->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) return;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      const pb::Message& entry = message.GetReflection()->GetRepeatedMessage(message, field, i);
      this->message(entry.GetReflection()->GetMessage(entry, value),
                    path + "." + entry.GetReflection()->GetString(entry, key));
    }
  }

  void value(const pb::Message& message, const pb::FieldDescriptor* field, int index,
             const std::string& path) {
    const pb::Reflection* reflection = message.GetReflection();
    const bool list = field->is_repeated();
    if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      return this->message(list ? reflection->GetRepeatedMessage(message, field, index)
                                : reflection->GetMessage(message, field),
                           path);
    }
    const std::string& kind = field->options().GetExtension(v1::rule).refers_to();
    if (kind.empty()) return;
    const std::string name = list ? reflection->GetRepeatedString(message, field, index)
                                  : reflection->GetString(message, field);
    const auto found = known_.find(kind);
    if (found == known_.end() || found->second.count(name)) return;
    const std::vector<std::string> names(found->second.begin(), found->second.end());
    const std::string near = nearest_name(name, names);
    problems_.push_back(problem_at(text_, "UNKNOWN_NAME", path,
                                   "there is no " + kind + " named \"" + name + "\"",
                                   !near.empty()   ? "did you mean \"" + near + "\"?"
                                   : names.empty() ? "define it first"
                                                   : "known: " + join(names)));
  }

  const CaseText& text_;
  const KnownNames& known_;
  std::vector<Problem>& problems_;
};

/// Names become keys and file names: plain characters only.
void check_spelling(const CaseText& text, const std::string& path, const std::string& name,
                    std::vector<Problem>& problems) {
  static const std::regex plain("[A-Za-z0-9_][A-Za-z0-9_. -]{0,63}");
  if (name.empty() || std::regex_match(name, plain)) return;
  problems.push_back(problem_at(text, "NAME_SPELLING", path,
                                "the name has characters that cannot be used, or is too long",
                                "use letters, digits, _ - . and blanks, at most 64"));
}

template <typename List>
void check_unique(const CaseText& text, const List& list, const std::string& path,
                  std::vector<Problem>& problems, std::set<std::string> seen = {}) {
  for (int i = 0; i < list.size(); ++i) {
    const std::string at = path + "[" + std::to_string(i) + "].name";
    check_spelling(text, at, list[i].name(), problems);
    if (!list[i].name().empty() && !seen.insert(list[i].name()).second) {
      problems.push_back(problem_at(text, "DUPLICATE_NAME", at,
                                    "the name \"" + list[i].name() + "\" stands twice",
                                    "give each its own name"));
    }
  }
}

}  // namespace

Problem problem_at(const CaseText& text, const std::string& code, const std::string& path,
                   const std::string& message, const std::string& remedy) {
  for (std::string at = path;;) {
    const auto found = text.positions.find(at);
    if (found != text.positions.end()) {
      return {code, path, found->second.line, found->second.column, message, remedy};
    }
    const std::size_t cut = at.find_last_of(".[");
    if (cut == std::string::npos) return {code, path, at.empty() ? 0 : 1, 1, message, remedy};
    at = at.substr(0, cut);
  }
}

const std::vector<std::string>& standard_quantities() {
  static const std::vector<std::string> names = {"displacement_mm",
                                                 "axial_stiffness_n_per_mm",
                                                 "max_von_mises_mpa",
                                                 "max_principal_mpa",
                                                 "min_principal_mpa",
                                                 "yield_safety_factor",
                                                 "first_yield_load_n",
                                                 "buckling_load_factor",
                                                 "fatigue_life_cycles",
                                                 "fatigue_safety_factor",
                                                 "load_share",
                                                 "reaction_n",
                                                 "strain_energy_nmm",
                                                 "euler_load_ratio",
                                                 "fatigue_life_away_cycles",
                                                 "fatigue_safety_factor_away"};
  return names;
}

KnownNames known_names(const v1::Case& value, const Library& library) {
  KnownNames known;
  known["body"];
  const auto add = [&](const auto& bodies) {
    for (const v1::Body& body : bodies) {
      known["body"].insert(body.name());
      for (const v1::Region& region : body.regions()) known["body"].insert(region.name());
    }
  };
  add(value.bodies());
  add(value.designs().construct().bodies());
  if (value.designs().has_construct()) known["body"].insert("rod");
  known["place"] = keys(value.places());
  known["load_case"];
  for (const v1::LoadCase& load_case : value.load_cases()) {
    known["load_case"].insert(load_case.name());
  }
  known["material"] = keys(library.materials);
  known["rod"] = keys(library.rods);
  known["sn_curve"] = keys(library.sn_curves);
  known["density_law"] = keys(library.density_laws);
  return known;
}

void check_names(const CaseText& text, const KnownNames& known, std::vector<Problem>& problems) {
  ReferenceCheck(text, known, problems).message(text.value, "");
  check_unique(text, text.value.bodies(), "bodies", problems);
  std::set<std::string> bodies;
  for (const v1::Body& body : text.value.bodies()) bodies.insert(body.name());
  for (int i = 0; i < text.value.bodies_size(); ++i) {
    const auto& regions = text.value.bodies(i).regions();
    check_unique(text, regions, "bodies[" + std::to_string(i) + "].regions", problems, bodies);
    for (const v1::Region& region : regions) bodies.insert(region.name());
  }
  check_unique(text, text.value.load_cases(), "load_cases", problems);
  check_unique(text, text.value.supports(), "supports", problems);
  check_unique(text, text.value.probes(), "probes", problems);
  for (const auto& place : text.value.places()) {
    check_spelling(text, "places." + place.first, place.first, problems);
  }
}

}  // namespace proofload
