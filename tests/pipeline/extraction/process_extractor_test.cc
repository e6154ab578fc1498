// Worker processes: without rights, replaced, killed in time, shared fairly, gone with their owner.
#include "pipeline/extraction/process_extractor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "core/file.h"
#include "pdf_maker.h"
#include "pipeline/extraction/confinement.h"
#include "pipeline/extraction/frames.h"
#include "pipeline/extraction/worker.h"

namespace postern::pipeline {
namespace {

using std::chrono::milliseconds;

ExtractorOptions quick(milliseconds most = milliseconds(10'000), std::uint32_t workers = 1) {
  ExtractorOptions out;
  out.document_time_max = most;
  out.workers = workers;
  return out;
}

// Keeps a reader busy for ever: drawings that draw others twenty times, ten deep.
const std::string& slow_pdf() {
  static const std::string pdf = [] {
    test::PdfMaker maker = test::one_page("/X6 Do");
    maker.replace(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources<</XObject<</X6 6 0 R>>>>>>");
    for (int number = 6; number < 16; ++number) {
      std::string drawing;
      for (int i = 0; i < 20; ++i) drawing += fmt::format("/X{} Do ", number + 1);
      maker.add_stream(drawing, fmt::format("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X{0} {0} 0 R>>>>", number + 1));
    }
    maker.add_stream("0 0 m 1 1 l S", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]");
    return maker.finish();
  }();
  return pdf;
}

bool works(const ProcessExtractor& extractor) {
  const ExtractedText found = extractor.extract(DocumentKind::kPdf, test::pdf_showing("it works"));
  return core::view(found.text).find("it works") != std::string_view::npos;
}

std::set<std::string> descriptors_of(const std::string& process) {
  std::set<std::string> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + process + "/fd", error)) out.insert(entry.path().filename());
  return out;
}

// A line of /proc/<id>/status or limits, its blanks made one.
std::string line_of(pid_t id, std::string_view file, std::string_view name) {
  std::ifstream lines(fmt::format("/proc/{}/{}", id, file));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name)) continue;
    std::string out;
    for (const char c : line) {
      if (c != ' ' && c != '\t') out += c;
      else if (!out.ends_with(' ')) out += ' ';
    }
    return out;
  }
  return {};
}

TEST(ProcessExtractor, AWorkerHasNoRights) {
  const ProcessExtractor extractor(quick(), FileLimits());
  ASSERT_TRUE(works(extractor));
  ASSERT_EQ(extractor.idle_workers().size(), 1U);
  const pid_t id = extractor.idle_workers().front();
  EXPECT_EQ(line_of(id, "status", "Seccomp:"), "Seccomp: 2");
  EXPECT_EQ(line_of(id, "status", "NoNewPrivs:"), "NoNewPrivs: 1");
  EXPECT_EQ(line_of(id, "status", "Threads:"), "Threads: 1");
  EXPECT_TRUE(line_of(id, "limits", "Max core file size").starts_with("Max core file size 0 0"));
  EXPECT_TRUE(line_of(id, "limits", "Max file size").starts_with("Max file size 0 0"));
  EXPECT_TRUE(line_of(id, "limits", "Max open files").starts_with("Max open files 16 16"));
  EXPECT_FALSE(line_of(id, "limits", "Max address space").starts_with("Max address space unlimited"));
  if (::geteuid() == 0) {
    EXPECT_EQ(descriptors_of(std::to_string(id)), (std::set<std::string>{"0", "1", "2"}));
    std::error_code error;
    EXPECT_EQ(std::filesystem::read_symlink(fmt::format("/proc/{}/fd/2", id), error), "/dev/null");
  }
}

// What the confinement denies, tried by a child that confines itself.
int in_confined_child(int (*deed)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!give_up_resources({1U << 30U, 10}) || !confine_reader()) ::_exit(100);
    ::_exit(deed());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(ProcessExtractor, WhatAWorkerMayNotDoFails) {
  EXPECT_EQ(in_confined_child([] { return 7; }), 7);
  EXPECT_EQ(in_confined_child([] { return ::open("/etc/passwd", O_RDONLY) < 0 ? 7 : 0; }), 7);
  EXPECT_EQ(in_confined_child([] { return ::open("/tmp/written-by-a-worker", O_WRONLY | O_CREAT, 0600) < 0 ? 7 : 0; }), 7);
  EXPECT_EQ(in_confined_child([] { return ::unlink("/tmp/anything") < 0 && errno == EPERM ? 7 : 0; }), 7);
  EXPECT_EQ(in_confined_child([] { return ::socket(AF_INET, SOCK_STREAM, 0); }), -SIGSYS);
  EXPECT_EQ(in_confined_child([] { return static_cast<int>(::fork()); }), -SIGSYS);
  EXPECT_EQ(in_confined_child([] { return ::execl("/bin/true", "true", nullptr); }), -SIGSYS);
}

TEST(ProcessExtractor, TooSlowIsEndedAndTheNextIsServed) {
  const ProcessExtractor extractor(quick(milliseconds(700)), FileLimits());
  const std::string& slow = slow_pdf();
  ExtractedText first, second;
  std::thread busy([&] { first = extractor.extract(DocumentKind::kPdf, slow); });
  second = extractor.extract(DocumentKind::kPdf, slow);
  busy.join();
  EXPECT_EQ(first.outcome, ExtractOutcome::kUnreadable);
  EXPECT_EQ(second.outcome, ExtractOutcome::kUnreadable);
  // Whoever waited for the only worker got it too late or not at all.
  const std::multiset<std::string> reasons{first.reason, second.reason};
  EXPECT_GE(reasons.count("time"), 1U);
  EXPECT_EQ(reasons.count("time") + reasons.count("busy"), 2U) << first.reason << second.reason;
  EXPECT_EQ(extractor.idle_workers().size(), 0U);
  const ProcessExtractor fresh(quick(), FileLimits());
  EXPECT_TRUE(works(fresh));
}

TEST(ProcessExtractor, AKilledWorkerIsReplaced) {
  const ProcessExtractor extractor(quick(milliseconds(1500)), FileLimits());
  ASSERT_TRUE(works(extractor));
  const pid_t first = extractor.idle_workers().front();
  ::kill(first, SIGKILL);
  EXPECT_TRUE(works(extractor));
  const pid_t second = extractor.idle_workers().front();
  EXPECT_NE(second, first);
  // While it reads.
  ExtractedText found;
  std::thread reading([&] { found = extractor.extract(DocumentKind::kPdf, slow_pdf()); });
  while (line_of(second, "status", "State:").starts_with("State: S")) std::this_thread::yield();
  ::kill(second, SIGKILL);
  reading.join();
  EXPECT_EQ(found.outcome, ExtractOutcome::kUnreadable);
  EXPECT_TRUE(works(extractor));
}

TEST(ProcessExtractor, AWorkerIsReplacedAfterAnErrorAndAfterManyDocuments) {
  FileLimits files;
  files.extracted_text_bytes_max = 2'000;
  const ProcessExtractor extractor(quick(), files);
  ASSERT_TRUE(works(extractor));
  const pid_t first = extractor.idle_workers().front();
  EXPECT_EQ(extractor.extract(DocumentKind::kPdf, test::pdf_showing(std::string(3'000, 'x'))).reason, "size");
  EXPECT_TRUE(extractor.idle_workers().empty());
  ASSERT_TRUE(works(extractor));
  EXPECT_NE(extractor.idle_workers().front(), first);
  for (std::uint32_t i = 2; i < kDocumentsPerWorkerMax; ++i) ASSERT_TRUE(works(extractor)) << i;
  ASSERT_EQ(extractor.idle_workers().size(), 1U);
  EXPECT_TRUE(works(extractor));
  EXPECT_TRUE(extractor.idle_workers().empty());
}

// What only claims to be a PDF costs no new process, as often as it comes.
TEST(ProcessExtractor, AWorkerStaysAfterBytesThatAreNoDocument) {
  const ProcessExtractor extractor(quick(), FileLimits());
  ASSERT_TRUE(works(extractor));
  const pid_t first = extractor.idle_workers().front();
  for (const std::string& bad : {std::string("nonsense"), "%PDF-1.4\n" + std::string(9'000, '\xA7'), std::string()}) {
    const ExtractedText found = extractor.extract(DocumentKind::kPdf, bad);
    EXPECT_EQ(found.outcome, ExtractOutcome::kUnreadable);
    EXPECT_EQ(found.reason, "damaged");
    ASSERT_EQ(extractor.idle_workers(), std::vector<pid_t>{first});
  }
  EXPECT_TRUE(works(extractor));
  EXPECT_EQ(extractor.idle_workers(), std::vector<pid_t>{first});
}

TEST(ProcessExtractor, ManyCallersShareFewWorkersAndNothingLeaks) {
  const std::size_t before = descriptors_of("self").size();
  pid_t one_worker = 0;
  {
    const ProcessExtractor extractor(quick(milliseconds(30'000), 2), FileLimits());
    std::atomic<int> good{0};
    std::vector<std::thread> callers;
    for (int t = 0; t < 4; ++t) {
      callers.emplace_back([&] {
        for (int i = 0; i < 25; ++i) good += works(extractor) ? 1 : 0;
      });
    }
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(good, 100);
    EXPECT_LE(extractor.idle_workers().size(), 2U);
    if (works(extractor) && !extractor.idle_workers().empty()) one_worker = extractor.idle_workers().front();
  }
  EXPECT_EQ(descriptors_of("self").size(), before);
  if (one_worker != 0) {
    EXPECT_EQ(::kill(one_worker, 0), -1) << "ended and reaped with its owner";
  }
}

TEST(ProcessExtractor, AWorkerThatMisbehavesIsAnUnreadableDocument) {
  const auto outcome_of = [](WorkerProgram program) {
    const ProcessExtractor extractor(quick(milliseconds(2000)), FileLimits(), core::system_clock(), std::move(program));
    return extractor.extract(DocumentKind::kPdf, test::pdf_showing("x"));
  };
  for (const WorkerProgram& program : {WorkerProgram{"/nonexistent", {}}, WorkerProgram{"/bin/true", {}}, WorkerProgram{"/bin/sh", {"-c", "cat <&0 >&0"}},
                                       WorkerProgram{"/bin/sh", {"-c", "{ head -c 20 /dev/zero | tr '\\0' '\\377'; } >&0; cat >/dev/null"}}}) {
    const ExtractedText found = outcome_of(program);
    EXPECT_EQ(found.outcome, ExtractOutcome::kUnreadable) << program.path;
    EXPECT_EQ(found.reason, "crash") << program.path;
  }
}

TEST(ProcessExtractor, SizesAndKindsAreChecked) {
  ExtractorOptions options = quick();
  options.document_bytes_max = 100;
  const ProcessExtractor small(options, FileLimits());
  EXPECT_EQ(small.extract(DocumentKind::kPdf, test::pdf_showing("x")).reason, "size");
  EXPECT_FALSE(small.reads(DocumentKind::kPicture)) << "off by default";
  EXPECT_EQ(small.extract(DocumentKind::kPicture, "x").outcome, ExtractOutcome::kOff);
  FileLimits limits;
  limits.extracted_text_bytes_max = 50;
  const ProcessExtractor terse(quick(), limits);
  EXPECT_EQ(terse.extract(DocumentKind::kPdf, test::pdf_showing(std::string(200, 'x'))).reason, "size");
}

TEST(ExtractFrames, OnlyKnownFormsAreTaken) {
  const AnswerHead head{ExtractOutcome::kText, ExtractReason::kNone, 0x0102030405060708U, 3};
  auto bytes = write_answer_head(head);
  ASSERT_TRUE(read_answer_head(bytes));
  EXPECT_EQ(read_answer_head(bytes)->text_bytes, head.text_bytes);
  EXPECT_EQ(read_answer_head(bytes)->files, 3U);
  bytes[1] = 99;
  EXPECT_FALSE(read_answer_head(bytes));
  EXPECT_FALSE(read_answer_head(write_answer_head({ExtractOutcome::kText, ExtractReason::kNone, 1, kEmbeddedFilesMax + 1})));
  EXPECT_FALSE(read_file_head(write_file_head({kFileNameBytesMax + 1, 1})));
  EXPECT_EQ(*read_request_head(write_request_head(77)), 77U);
  WorkerSettings settings;
  settings.text_bytes_max = 5;
  settings.program = "/bin/x";
  settings.program_arguments = {"a", "b"};
  EXPECT_EQ(parse_arguments(to_arguments(settings))->program_arguments, settings.program_arguments);
  EXPECT_FALSE(parse_arguments(std::vector<std::string>{"1", "2", "x", "4", "5"}));
}

}  // namespace
}  // namespace postern::pipeline
