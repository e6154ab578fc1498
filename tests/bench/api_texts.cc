#include "api_texts.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace postern::bench {
namespace {

constexpr double kMandelbrot = 2.7;  // flattens the commonest few, as in English
constexpr std::size_t kLineBytes = 76;
constexpr std::size_t kLetterBytesMax = 32'000;
constexpr double kFirstMedian = 600;
constexpr double kAnswerMedian = 300;
constexpr double kSpread = 0.8;

std::size_t letter_bytes(Chance& chance, double median) {
  const double size = std::lognormal_distribution<double>(std::log(median), kSpread)(chance);
  return std::min(kLetterBytesMax, static_cast<std::size_t>(size) + 40);
}

}  // namespace

Texts::Texts(const std::filesystem::path& words) {
  std::ifstream in(words);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) words_.push_back(std::move(line));
  }
  if (words_.size() < 1000) throw std::runtime_error(words.string() + ": too few words");
  double sum = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) sums_.push_back(sum += 1.0 / (static_cast<double>(i) + kMandelbrot));
}

const std::string& Texts::word(Chance& chance) const {
  const double at = std::uniform_real_distribution<double>(0, sums_.back())(chance);
  const auto place = std::ranges::lower_bound(sums_, at);
  return words_[std::min(static_cast<std::size_t>(place - sums_.begin()), words_.size() - 1)];
}

std::string Texts::words(Chance& chance, std::size_t count) const {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "" : " ") + word(chance);
  return out;
}

std::string Texts::letter(Chance& chance, std::size_t bytes) const {
  std::string out = "Hello,\n\n";
  std::size_t line = 0;
  std::size_t sentence = 0;
  while (out.size() < bytes) {
    const std::string& next = word(chance);
    out += next;
    line += next.size() + 1;
    const bool ends = ++sentence > 6 && chance() % 8 == 0;
    if (ends) sentence = 0;
    out += ends ? "." : "";
    out += line > kLineBytes ? "\n" : " ";
    if (line > kLineBytes) line = 0;
  }
  return out + "\n\nRegards\n";
}

std::string order_of(std::uint64_t number) { return "ORD-" + std::to_string(2020 + number % 7) + "-" + std::to_string(number * 7919 % 9'999'991); }

TicketTexts ticket_texts(const Texts& texts, std::uint64_t number, std::size_t comments) {
  Chance chance(number * 2 + 1);
  TicketTexts out;
  out.subject = texts.words(chance, 3 + chance() % 7);
  for (std::size_t i = 0; i < comments; ++i) {
    std::string letter = texts.letter(chance, letter_bytes(chance, i == 0 ? kFirstMedian : kAnswerMedian));
    out.comments.push_back(i == 0 ? "It is about " + order_of(number) + ".\n" + letter : std::move(letter));
  }
  return out;
}

}  // namespace postern::bench
