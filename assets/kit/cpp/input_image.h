// An image: a binary PGM (grey) or PPM (colour) file with 8 bits, of the size that the file takes.
static const ONNXTensorElementDataType TYPE = ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
static const char* NAME = "images";

static Input read_input(const std::string& path, const std::vector<int64_t>& shape) {
  std::vector<char> data = read_file(path);
  std::istringstream words(std::string(data.begin(), data.begin() + std::min<size_t>(data.size(), 64)));
  std::string magic;
  int64_t width = 0, height = 0, most = 0;
  words >> magic >> width >> height >> most;
  size_t count = static_cast<size_t>(shape[1] * shape[2] * shape[3]);
  bool fits = width == shape[2] && height == shape[1] && most == 255 && magic == (shape[3] == 3 ? "P6" : "P5");
  if (!fits || data.size() < count) throw std::runtime_error(path + " is no binary PGM or PPM of the right size");
  return {std::vector<char>(data.end() - count, data.end()), {1, shape[1], shape[2], shape[3]}};
}
