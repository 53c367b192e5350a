#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "commands.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/pipeline/pipeline.h"
#include "terminal.h"

namespace fs = std::filesystem;

namespace proofload::client {

namespace {

using nlohmann::json;

/// Faces listed for each body.
constexpr std::size_t kMostFaces = 40;
constexpr std::size_t kLongestName = 32;

struct FoundBody {
  std::string name;
  std::string file;
  std::string unit;
  int solid = 1;
  bool alone = true;  ///< the only solid of its file
  json facts;
};

std::string triple(const json& list) {
  if (!list.is_array() || list.size() != 3) return "unknown";
  return "[" + number(list[0]) + ", " + number(list[1]) + ", " + number(list[2]) + "]";
}

/// The name the designer gave; the file's own where the program that wrote it put in its default.
std::string given_name(const json& facts, const fs::path& file) {
  std::string name = facts.value("name", "");
  name = name.substr(name.find_last_of('/') + 1);
  const bool none =
      name.empty() || name.rfind("Open CASCADE", 0) == 0 || name.size() > kLongestName;
  return none ? file.stem().string() : name;
}

/// A name as YAML and the data model like it: lower case, digits, underscores.
std::string plain_name(const std::string& text, std::set<std::string>& taken) {
  std::string out;
  for (const unsigned char c : text)
    out += std::isalnum(c) ? static_cast<char>(std::tolower(c)) : '_';
  if (out.empty() || !std::isalpha(static_cast<unsigned char>(out.front()))) out = "body_" + out;
  std::string unique = out;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = out + "_" + std::to_string(i);
  return unique;
}

std::vector<FoundBody> found_bodies(const json& found) {
  std::vector<FoundBody> out;
  std::set<std::string> taken;
  for (const json& file : found.at("files")) {
    const json& bodies = file.at("bodies");
    const fs::path path(file.at("file").get<std::string>());
    for (const json& facts : bodies) {
      FoundBody body;
      body.name = plain_name(given_name(facts, path), taken);
      body.file = path.filename().string();
      body.unit = file.value("length_unit", "mm");
      body.solid = facts.value("solid", 1);
      body.alone = bodies.size() == 1;
      body.facts = facts;
      out.push_back(body);
    }
  }
  return out;
}

std::string body_text(const FoundBody& body) {
  const json& facts = body.facts;
  std::string text = "  # " + triple(facts.value("min_mm", json())) + " to " +
                     triple(facts.value("max_mm", json())) + " mm, volume " +
                     number(facts.value("volume_mm3", NAN)) + " mm3" +
                     (facts.value("closed", true) ? "" : "; NOT CLOSED") + "\n";
  text += "  - {name: " + body.name + ", file: " + json(body.file).dump() +
          ", length_unit: " + body.unit;
  if (!body.alone) text += ", solid: " + std::to_string(body.solid);
  return text + ", role: other, material: CHOOSE}  # proofload materials\n";
}

std::string face_text(const FoundBody& body, const json& face, const std::string& place) {
  std::string text = "  " + place + ": {body: " + body.name +
                     ", nearest_mm: " + triple(face.value("centroid_mm", json())) + "}  # " +
                     face.value("type", "") + ", " + number(face.value("area_mm2", NAN)) + " mm2";
  if (face.contains("normal")) text += ", normal " + triple(face["normal"]);
  if (face.contains("radius_mm")) text += ", radius " + number(face["radius_mm"]) + " mm";
  const std::string own = face.value("file_name", "");
  if (!own.empty()) text += ", named " + json(own).dump();
  return text + "\n";
}

std::string places_text(const std::vector<FoundBody>& bodies) {
  std::string text;
  for (const FoundBody& body : bodies) {
    std::vector<json> faces = body.facts.value("faces", std::vector<json>());
    std::stable_sort(faces.begin(), faces.end(), [](const json& a, const json& b) {
      return a.value("area_mm2", 0.0) > b.value("area_mm2", 0.0);
    });
    text += "  # " + body.name + ": " + std::to_string(faces.size()) + " face(s), largest first\n";
    for (std::size_t i = 0; i < std::min(faces.size(), kMostFaces); ++i) {
      std::string place = faces[i].value("name", "");
      std::replace(place.begin(), place.end(), ' ', '_');
      text += face_text(body, faces[i], body.name + "_" + place);
    }
  }
  return text;
}

std::string starter(const std::vector<FoundBody>& bodies) {
  std::string text =
      "# A starter made by `proofload init`. Replace what says CHOOSE, delete places you do not\n"
      "# need, then: proofload check, proofload run.\n"
      "schema: proofload/v1\n"
      "name: CHOOSE\n"
      "bodies:\n";
  for (const FoundBody& body : bodies) text += body_text(body);
  if (bodies.size() > 1) {
    text += "# bonded: shared nodes; separate: no bond. One entry for each pair that touches.\n";
    text += "interfaces:\n  - {between: [" + bodies[0].name + ", " + bodies[1].name +
            "], kind: bonded}\n";
  }
  text += "# The faces that were found; use their names in supports, loads and probes.\nplaces:\n";
  text += places_text(bodies);
  text +=
      "supports:\n  - {name: ground, at: CHOOSE, fix: [x, y, z]}\n"
      "load_cases:\n"
      "  - name: axial\n"
      "    loads:\n"
      "      - {at: CHOOSE, distributed: {force_n: [0, 0, -500]}}  # N\n"
      "analyses: {static: {}}\n"
      "criteria:\n  - {quantity: yield_safety_factor, at_least: 1.5}\n";
  return text;
}

}  // namespace

std::string made_folder(const std::string& folder) {
  if (folder.empty()) return folder;
  fs::create_directories(folder);
  return fs::canonical(folder).string();
}

int init(const std::vector<std::string>& files, const std::string& length_unit,
         const std::string& out, const std::string& defects) {
  const auto launcher = pipeline::make_local_launcher(pipeline::probe_sandbox());
  const json found = json::parse(pipeline::inspect_files(files, length_unit, program_folder(),
                                                         *launcher, made_folder(defects)));
  const std::string text = starter(found_bodies(found));
  if (out.empty()) {
    std::printf("%s", text.c_str());
    return kPass;
  }
  if (fs::exists(out)) {
    throw InvalidInput({{"FILE_EXISTS", out, 0, 0, "the file is there already and is kept",
                         "give another name with --out, or remove it"}});
  }
  write_file_atomically(out, text);
  print_note("wrote " + out);
  return kPass;
}

}  // namespace proofload::client
