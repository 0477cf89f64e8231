// A recording: a WAV file with one channel of 16 bits at 8 kHz, without what is quiet before and after the sound.
static const ONNXTensorElementDataType TYPE = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
static const char* NAME = "samples";

static Input read_input(const std::string& path, const std::vector<int64_t>&) {
  std::vector<char> data = read_file(path);
  const std::string mark = "data";
  auto found = std::search(data.begin(), data.end(), mark.begin(), mark.end());
  if (data.end() - found < 8) throw std::runtime_error(path + " is no WAV file");
  int32_t rate = 0;
  std::memcpy(&rate, &data[24], 4);
  if (rate != 8000) throw std::runtime_error(path + " is not at 8 kHz");
  size_t count = (data.end() - found - 8) / 2;
  std::vector<int16_t> whole(count);
  std::memcpy(whole.data(), &*found + 8, 2 * count);
  std::vector<float> samples(whole.begin(), whole.end());
  for (float& sample : samples) sample /= 32768;
  Input input{std::vector<char>(count * sizeof(float)), {static_cast<int64_t>(count)}};
  std::memcpy(input.bytes.data(), samples.data(), input.bytes.size());
  return input;
}
