// A text: the argument itself, in UTF-8.
static const ONNXTensorElementDataType TYPE = ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
static const char* NAME = "text";

static Input read_input(const std::string& text, const std::vector<int64_t>&) {
  std::vector<char> bytes(text.begin(), text.end());
  if (bytes.empty()) bytes.push_back(0);
  return {bytes, {1, static_cast<int64_t>(bytes.size())}};
}
