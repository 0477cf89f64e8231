// Asks an ONNX file of this kit from C++.
//
//   classify            checks the file on the reference inputs, and says pass or fail
//   classify INPUT...   asks about these: see input.h
//
// It is started in the folder of the kit, or is given that folder by KIT=FOLDER in its environment.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <onnxruntime_cxx_api.h>

struct Input {
  std::vector<char> bytes;
  std::vector<int64_t> shape;
};

static std::vector<char> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

#include "input.h"  // TYPE, NAME, and Input read_input(const std::string&, const std::vector<int64_t>& shape)

static const char* FILE_NAME = "@FILE@";

static std::vector<float> ask(Ort::Session& session, Input& input) {
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Value given = Ort::Value::CreateTensor(memory, input.bytes.data(), input.bytes.size(), input.shape.data(),
                                              input.shape.size(), TYPE);
  const char* inputs[] = {NAME};
  const char* outputs[] = {"probabilities"};
  std::vector<Ort::Value> answers = session.Run(Ort::RunOptions{nullptr}, inputs, &given, 1, outputs, 1);
  const float* first = answers[0].GetTensorData<float>();
  return {first, first + answers[0].GetTensorTypeAndShapeInfo().GetElementCount()};
}

// cpp/reference.txt: a case a line, "INPUT OUTPUT TOLERANCE size size ...".
static bool check(Ort::Session& session, const std::filesystem::path& kit) {
  std::ifstream cases(kit / "cpp" / "reference.txt");
  double largest = 0, allowed = 0;
  std::string line;
  while (std::getline(cases, line)) {
    std::istringstream words(line);
    std::string input_name, output_name;
    words >> input_name >> output_name >> allowed;
    Input input{read_file(kit / input_name), {}};
    for (int64_t size; words >> size;) input.shape.push_back(size);
    std::vector<char> bytes = read_file(kit / output_name);
    std::vector<float> wanted(bytes.size() / sizeof(float)), given = ask(session, input);
    std::memcpy(wanted.data(), bytes.data(), bytes.size());
    if (given.size() != wanted.size()) largest = INFINITY;
    for (size_t place = 0; place < std::min(given.size(), wanted.size()); ++place) {
      double apart = std::fabs(given[place] - wanted[place]);
      largest = std::isfinite(apart) ? std::max(largest, apart) : INFINITY;
    }
  }
  bool passed = largest <= allowed && allowed > 0;
  std::printf("%s  %s  largest difference %.2g, allowed %.2g\n", passed ? "PASS" : "FAIL", FILE_NAME, largest, allowed);
  return passed;
}

// The classes of a JSON list of texts, as the file's metadata have it.
static std::vector<std::string> class_names(Ort::Session& session) {
  Ort::AllocatorWithDefaultOptions allocator;
  auto told = session.GetModelMetadata().LookupCustomMetadataMapAllocated("classes", allocator);
  std::vector<std::string> names;
  bool inside = false;
  for (const char* letter = told ? told.get() : ""; *letter; ++letter) {
    if (*letter == '"') {
      inside = !inside;
      if (inside) names.emplace_back();
    } else if (inside) {
      if (*letter == '\\' && letter[1]) ++letter;
      names.back() += *letter;
    }
  }
  return names;
}

// One answer for an example; of one with an answer a pixel, the mean over its pixels.
static void tell(const std::string& named, const std::vector<float>& probabilities, const std::vector<std::string>& classes) {
  size_t count = classes.size(), each = probabilities.size() / count;
  std::vector<double> shares(count);
  for (size_t place = 0; place < count; ++place) {
    auto first = probabilities.begin() + place * each;
    shares[place] = std::accumulate(first, first + each, 0.0) / each;
  }
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t one, size_t other) { return shares[one] > shares[other]; });
  std::printf("%s:", named.c_str());
  for (size_t place = 0; place < std::min<size_t>(3, count); ++place)
    std::printf("%s %s %.1f %%", place ? "," : "", classes[order[place]].c_str(), 100 * shares[order[place]]);
  std::printf("\n");
}

int main(int count, char** words) {
  try {
    const char* named = std::getenv("KIT");
    std::filesystem::path kit = named ? named : ".";
    Ort::Env environment(ORT_LOGGING_LEVEL_WARNING, "kit");
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    Ort::Session session(environment, (kit / FILE_NAME).c_str(), options);
    if (count < 2) return check(session, kit) ? 0 : 1;
    std::vector<int64_t> shape = session.GetInputTypeInfo(0).GetTensorTypeAndShapeInfo().GetShape();
    std::vector<std::string> classes = class_names(session);
    for (int place = 1; place < count; ++place) {
      Input input = read_input(words[place], shape);
      tell(words[place], ask(session, input), classes);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
