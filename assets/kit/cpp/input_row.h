// A row of a table: numbers with commas between them, in the order of the columns; an empty place is a missing value.
#include <limits>
#include <sstream>

static const ONNXTensorElementDataType TYPE = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
static const char* NAME = "rows";

static Input read_input(const std::string& text, const std::vector<int64_t>& shape) {
  std::vector<float> values(shape.back(), std::numeric_limits<float>::quiet_NaN());
  std::istringstream fields(text);
  std::string field;
  for (size_t place = 0; place < values.size() && std::getline(fields, field, ','); ++place) {
    if (!field.empty()) values[place] = std::stof(field);
  }
  const char* first = reinterpret_cast<const char*>(values.data());
  return {std::vector<char>(first, first + values.size() * sizeof(float)), {1, static_cast<int64_t>(values.size())}};
}
