#pragma once
// api_texts.h: what generated tickets say. Words are those of a list, as common as words are (Zipf and Mandelbrot); everything of a
// ticket follows from its number, so that it can be made twice, and so that the bench knows what it may look for.
// Thread-safety: immutable once made; each call has a source of chance of its own.
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace postern::bench {

using Chance = std::mt19937_64;

class Texts {
 public:
  // One word a line, the commonest first.
  explicit Texts(const std::filesystem::path& words);

  const std::string& word(Chance& chance) const;
  std::string words(Chance& chance, std::size_t count) const;
  // About so many bytes in lines and sentences.
  std::string letter(Chance& chance, std::size_t bytes) const;
  std::size_t size() const { return words_.size(); }

 private:
  std::vector<std::string> words_;
  std::vector<double> sums_;
};

struct TicketTexts {
  std::string subject;
  std::vector<std::string> comments;  // the first by its requester
};

// Letters of support: the first has a median of 600 bytes, the others of 300, some have ten times that (log-normal). The first names
// an order that no other ticket has: order_of().
TicketTexts ticket_texts(const Texts& texts, std::uint64_t number, std::size_t comments);
std::string order_of(std::uint64_t number);

}  // namespace postern::bench
