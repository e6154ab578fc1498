// Any bytes as a file: cleaning ends within its limits, and what it writes has nothing left to find after as many
// passes as a message gets.
#include <cstddef>
#include <cstdint>

#include "core/assert.h"
#include "pipeline/redaction/card_detector.h"
#include "pipeline/redaction/formats/file_cleaner.h"
#include "pipeline/redaction/formats/file_text.h"

namespace {

namespace pipeline = postern::pipeline;

class FuzzDetector final : public pipeline::Detector {
 public:
  std::vector<pipeline::Finding> find(std::string_view text, pipeline::TextKind /*kind*/) const override {
    std::vector<pipeline::Finding> findings;
    for (const pipeline::CardMatch& match : cards_.find(text)) {
      pipeline::Finding one;
      one.rule = "card";
      one.label = match.brand;
      one.span = match.span();
      one.hidden.assign(match.digits.begin() + 6, match.digits.end() - 4);
      findings.push_back(std::move(one));
    }
    return findings;
  }

 private:
  pipeline::CardDetector cards_;
};

constexpr std::size_t kUnpackedBytesMax = 1U << 20U;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FuzzDetector detector;
  static const pipeline::RedactionLimits limits;
  static const pipeline::MimeLimits mime_limits;
  pipeline::RedactionOptions options;
  options.files.unpacked_bytes_max = kUnpackedBytesMax;
  options.files.ratio_floor_bytes = kUnpackedBytesMax / 4;
  options.files.entries_max = 100;
  options.files.depth_max = 4;
  std::string file(reinterpret_cast<const char*>(data), size);
  for (std::uint32_t pass = 0;; ++pass) {
    pipeline::FileCleaner cleaner(detector, limits, mime_limits, options, nullptr);
    pipeline::FileText text;
    cleaner.collect(&text);
    pipeline::FileOutcome outcome = cleaner.clean(file, {"application", "octet-stream", "", "file.xml"});
    POSTERN_ASSERT(text.view().size() <= pipeline::kFileTextBytesMax + 2);
    const std::string shown = pipeline::clean_file_text(text, detector, limits.passes_max);
    POSTERN_ASSERT(detector.find(shown, pipeline::TextKind::kAttachment).empty());
    if (outcome.result != pipeline::FileResult::kRewritten) break;
    POSTERN_ASSERT(!outcome.findings.empty());
    POSTERN_ASSERT(outcome.bytes.size() <= 4 * (size + kUnpackedBytesMax));
    POSTERN_ASSERT(pass <= limits.passes_max);
    file = std::move(outcome.bytes);
  }
  return 0;
}
