#include "ticketing/quoting/mail_words.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "core/encoding.h"
#include "ticketing/search/analysis.h"

namespace postern::ticketing::mail_words {
namespace {

constexpr std::array kLanguages{
    Language{"en", "From", "Sent|Date|Sent on", "To", "Subject", "Cc",
             "Forwarded message|Original Message|Begin forwarded message|Forwarded by|Original Appointment|Reply message|Forwarded Email",
             "wrote|writes", "fwd|fw"},
    Language{"de", "Von", "Gesendet|Datum|Gesendet am|Verschickt", "An", "Betreff", "Cc|Kopie",
             "Weitergeleitete Nachricht|Ursprüngliche Nachricht|Originalnachricht|Anfang der weitergeleiteten Nachricht|Weitergeleitete E-Mail|Original-Nachricht",
             "schrieb|hat geschrieben|schreibt", "wg"},
    Language{"fr", "De|Expéditeur", "Envoyé|Date|Envoyé le|Date d'envoi", "À|A|Pour|Destinataire", "Objet|Sujet", "Cc|Copie à",
             "Message transféré|Message d'origine|Message original|Début du message réexpédié|Début du message transféré|Message initial",
             "a écrit|écrit", "tr"},
    Language{"es", "De|Remitente", "Enviado|Fecha|Enviado el|Enviado a las", "Para|A", "Asunto", "CC|Copia",
             "Mensaje reenviado|Mensaje original|Inicio del mensaje reenviado|Forwarded message", "escribió|ha escrito", "rv|reenv"},
    Language{"it", "Da|Mittente", "Inviato|Data|Data invio", "A|Per", "Oggetto", "Cc",
             "Messaggio inoltrato|Messaggio originale|Inizio messaggio inoltrato|Messaggio Originale", "ha scritto|scrive", "i|inoltro"},
    Language{"pt", "De|Remetente", "Enviado|Enviada|Data|Enviada em|Enviado em", "Para|A", "Assunto", "Cc",
             "Mensagem encaminhada|Mensagem original|Início da mensagem reencaminhada|Mensagem reencaminhada", "escreveu", "enc|res enc"},
    Language{"nl", "Van", "Verzonden|Datum|Verstuurd", "Aan", "Onderwerp", "CC",
             "Doorgestuurd bericht|Oorspronkelijk bericht|Begin doorgestuurd bericht|Origineel bericht", "schreef|het volgende geschreven", "doorst"},
    Language{"sv", "Från", "Skickat|Datum", "Till", "Ämne", "Kopia",
             "Vidarebefordrat meddelande|Ursprungligt meddelande|Vidarebefordrat brev|Ursprungsmeddelande|Vidarebefordrat mejl", "skrev", "vb"},
    Language{"da", "Fra", "Sendt|Dato", "Til", "Emne", "Cc",
             "Videresendt meddelelse|Oprindelig meddelelse|Start på videresendt besked|Videresendt besked|Oprindelig besked", "skrev", "vs"},
    Language{"nb", "Fra", "Sendt|Dato", "Til", "Emne", "Kopi",
             "Videresendt melding|Opprinnelig melding|Videresendt e-post|Start på videresendt melding", "skrev", "vs"},
    Language{"fi", "Lähettäjä", "Lähetetty|Päiväys|Pvm|Päivämäärä", "Vastaanottaja|Saaja", "Aihe", "Kopio",
             "Välitetty viesti|Edelleenlähetetty viesti|Alkuperäinen viesti|Välitetty viesti alkaa", "kirjoitti", "vl|vs"},
    Language{"pl", "Od", "Wysłano|Wysłane|Data", "Do", "Temat", "DW|Kopia",
             "Wiadomość przekazana dalej|Przekazana wiadomość|Oryginalna wiadomość|Wiadomość oryginalna|Początek przekazywanej wiadomości|Treść przekazanej wiadomości",
             "napisał|napisała|napisał(a)|pisze", "pd"},
    Language{"cs", "Od", "Odesláno|Datum|Posláno", "Komu|Pro", "Předmět", "Kopie",
             "Přeposlaná zpráva|Původní zpráva|Předaná zpráva|Začátek přeposlané zprávy", "napsal|napsala|napsal(a)|píše", "přep"},
    Language{"sk", "Od", "Odoslané|Dátum", "Komu|Pre", "Predmet", "Kópia", "Preposlaná správa|Pôvodná správa|Začiatok preposlanej správy",
             "napísal|napísala|napísal(a)|píše", "prep"},
    Language{"hu", "Feladó", "Küldve|Elküldve|Dátum", "Címzett", "Tárgy", "Másolat",
             "Továbbított üzenet|Eredeti üzenet|Továbbított levél|Továbbított üzenet kezdete", "írta|ezt írta", "tov|továbbítás"},
    Language{"ro", "De la|Expeditor", "Trimis|Dată|Data", "Către|La", "Subiect", "Cc", "Mesaj redirecționat|Mesaj original|Mesaj transmis mai departe",
             "a scris", "redir"},
    Language{"tr", "Kimden|Gönderen", "Gönderildi|Tarih|Gönderme zamanı|Gönderilme zamanı", "Kime|Alıcı", "Konu", "Bilgi",
             "Yönlendirilmiş ileti|İletilen mesaj|Orijinal Mesaj|Özgün İleti|Yönlendirilen ileti", "şunları yazdı|şunu yazdı|yazdı", "ilt|ynt ilt"},
    Language{"ru", "От|От кого|Отправитель", "Отправлено|Дата", "Кому|Получатель", "Тема", "Копия",
             "Пересылаемое сообщение|Пересылаемое письмо|Пересланное сообщение|Исходное сообщение|Начало переадресованного сообщения|Перенаправленное сообщение|Оригинальное сообщение",
             "написал|написала|написал(а)|пишет|писал|писала", "пересл"},
    Language{"uk", "Від|Від кого", "Надіслано|Дата", "Кому", "Тема", "Копія",
             "Переслане повідомлення|Пересилане повідомлення|Вихідне повідомлення|Початок пересланого повідомлення", "пише|написав|написала|написав(-ла)", "пересл"},
    Language{"bg", "От", "Изпратено|Дата", "До", "Относно|Тема", "Копие", "Препратено съобщение|Оригинално съобщение|Първоначално съобщение",
             "написа", "препр"},
    Language{"el", "Από", "Στάλθηκε|Ημερομηνία|Ημ/νία|Αποστολή", "Προς", "Θέμα", "Κοιν", "Προωθημένο μήνυμα|Αρχικό μήνυμα", "έγραψε", "πρθ"},
    Language{"hr", "Od|Šalje|Pošiljatelj", "Poslano|Datum|Poslato", "Za|Prima|Primatelj", "Predmet|Naslov", "Kopija",
             "Proslijeđena poruka|Izvorna poruka|Prosleđena poruka|Originalna poruka", "je napisao|je napisala|je napisao/la|piše", "proslij"},
    Language{"sl", "Od|Pošiljatelj", "Poslano|Datum", "Za", "Zadeva", "Kp", "Posredovano sporočilo|Izvirno sporočilo", "je napisal|je napisala|piše", "posr"},
    Language{"et", "Saatja", "Saadetud|Kuupäev", "Adressaat|Saaja", "Teema", "Koopia", "Edastatud kiri|Algsõnum|Edastatud sõnum", "kirjutas", "edas"},
    Language{"lv", "No", "Nosūtīts|Datums", "Kam", "Temats|Tēma", "Kopija", "Pārsūtītā ziņa|Sākotnējais ziņojums|Pārsūtīts ziņojums", "rakstīja", "pārs"},
    Language{"lt", "Nuo|Siuntėjas", "Išsiųsta|Data", "Kam", "Tema", "Kopija", "Persiųstas laiškas|Pradinis laiškas|Originalus laiškas", "rašė|parašė", "per"},
    Language{"ja", "差出人|送信者|送信元", "送信日時|日付|日時|送信日", "宛先|To", "件名|題名", "Cc|写し",
             "転送されたメッセージ|元のメッセージ|転送メッセージ|オリジナルメッセージ", "のメール|が書きました|さんは書きました|のメッセージ", "転送"},
    Language{"zh", "发件人|寄件人|寄件者|寄件者", "发送时间|日期|发送日期|寄件日期|傳送時間|寄件日期|时间", "收件人|收件者", "主题|主旨|主題", "抄送|副本",
             "转发的邮件|原始邮件|转发邮件信息|轉寄的郵件|原始郵件|已转发邮件|轉寄郵件|开始转发的邮件", "写道|寫道|写到|写入", "转发|轉寄"},
    Language{"ko", "보낸 사람|보낸사람|발신", "보낸 날짜|날짜|보낸 시간|보낸날짜", "받는 사람|받는사람|수신", "제목", "참조",
             "전달된 메시지|원본 메시지|전달된 메일|원본 메일", "작성|님이 작성|썼습니다", "전달"},
    Language{"ar", "من", "تاريخ الإرسال|التاريخ|تم الإرسال|أرسلت", "إلى", "الموضوع", "نسخة", "الرسالة المعاد توجيهها|رسالة أصلية|الرسالة الأصلية|رسالة معاد توجيهها", "كتب|كتبت",
             "إعادة توجيه"},
    Language{"he", "מאת", "נשלח|תאריך", "אל", "נושא", "עותק", "הודעה מועברת|הודעה שהועברה|הודעה מקורית", "כתב|כתבה|מאת", "העבר"},
    Language{"fa", "از", "فرستاده شد|تاریخ", "به", "موضوع", "رونوشت", "پیام فوروارد شده|پیام اصلی", "نوشت", "ارسال"},
    Language{"vi", "Từ|Người gửi", "Đã gửi|Ngày|Gửi", "Đến|Tới", "Chủ đề|Tiêu đề", "Cc", "Tin nhắn được chuyển tiếp|Thư đã chuyển tiếp|Thư gốc|Thư được chuyển tiếp", "đã viết|viết",
             "ct"},
    Language{"id", "Dari", "Dikirim|Tanggal", "Kepada|Ke", "Perihal|Subjek", "Cc|Tembusan", "Pesan terusan|Pesan Asli|Pesan yang diteruskan", "menulis", "trs"},
    Language{"th", "จาก", "ส่ง|วันที่", "ถึง", "เรื่อง|หัวเรื่อง", "สำเนา", "ข้อความที่ส่งต่อ|ข้อความต้นฉบับ", "เขียน", "ส่งต่อ"},
    Language{"ca", "De", "Enviat|Data", "Per a|A", "Assumpte|Tema", "A/c", "Missatge reenviat|Missatge original", "va escriure|escrigué", "reenv"},
};
static_assert(kLanguages.size() <= 64, "HeaderLine::in has a bit for each");
static_assert(kLanguages.size() >= 20, "helpdesk.md 4.2 rule 7");

constexpr std::size_t kLabelBytesMax = 60;
constexpr std::size_t kLineBytesMax = 400;   // of an attribution or a marker
constexpr std::size_t kRuleCharsMin = 10;
constexpr std::size_t kPrefixesMax = 8;

// As words are compared; most lines are ASCII, where that is the lower case.
std::string folded_text(std::string_view text) {
  const bool is_ascii = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return is_ascii ? core::to_lower_ascii(text) : search::fold(text);
}

template <class F>
void each_word(std::string_view words, const F& call) {
  for (std::size_t begin = 0; begin <= words.size() && !words.empty();) {
    const std::size_t end = std::min(words.find('|', begin), words.size());
    call(words.substr(begin, end - begin));
    begin = end + 1;
  }
}

struct Meaning {
  Field field = Field::kFrom;
  std::uint64_t in = 0;
};

// Folded, so that neither case nor composition matter.
struct Table {
  std::multimap<std::string, Meaning, std::less<>> labels;
  std::vector<std::string> markers;
  std::vector<std::string> wrote;
  std::vector<std::string> prefixes;

  Table() {
    for (std::size_t i = 0; i < kLanguages.size(); ++i) {
      const Language& language = kLanguages[i];
      const std::uint64_t bit = std::uint64_t{1} << i;
      const std::pair<Field, std::string_view> fields[] = {{Field::kFrom, language.from},       {Field::kDate, language.date}, {Field::kTo, language.to},
                                                           {Field::kSubject, language.subject}, {Field::kCc, language.cc}};
      for (const auto& each : fields) {
        each_word(each.second, [&](std::string_view word) { labels.emplace(folded_text(word), Meaning{each.first, bit}); });
      }
      each_word(language.markers, [&](std::string_view word) { markers.push_back(folded_text(word)); });
      each_word(language.wrote, [&](std::string_view word) { wrote.push_back(folded_text(word)); });
      each_word(language.prefixes, [&](std::string_view word) { prefixes.push_back(folded_text(word)); });
    }
    labels.emplace("reply-to", Meaning{Field::kReplyTo, ~std::uint64_t{0}});
  }
};

const Table& table() {
  static const Table all;
  return all;
}

// Bytes of a blank at the front; 0: there is none. U+00A0, U+200E and U+200F stand around words of some programs.
std::size_t blank_at(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == ' ' || text[0] == '\t' || text[0] == '\r' || text[0] == '\n') return 1;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.starts_with("\xE2\x80\x8E") || text.starts_with("\xE2\x80\x8F") || text.starts_with("\xE3\x80\x80")) return 3;
  return 0;
}

std::string_view without_blanks(std::string_view text) {
  while (const std::size_t bytes = blank_at(text)) text.remove_prefix(bytes);
  for (bool goes_on = true; goes_on && !text.empty();) {
    goes_on = false;
    for (const std::size_t bytes : {1U, 2U, 3U}) {
      if (text.size() < bytes || blank_at(text.substr(text.size() - bytes)) != bytes) continue;
      text.remove_suffix(bytes);
      goes_on = true;
      break;
    }
  }
  return text;
}

std::string_view without(std::string_view text, std::string_view chars) {
  const auto first = text.find_first_not_of(chars);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(chars) + 1 - first);
}

// Where the label ends and the value begins: a colon, also a full-width one.
std::optional<std::pair<std::size_t, std::size_t>> colon_of(std::string_view line) {
  const std::size_t plain = line.substr(0, kLabelBytesMax).find(':');
  const std::size_t wide = line.substr(0, kLabelBytesMax).find("\xEF\xBC\x9A");
  if (plain == std::string_view::npos && wide == std::string_view::npos) return std::nullopt;
  if (plain < wide) return std::pair(plain, plain + 1);
  return std::pair(wide, wide + 3);
}

}  // namespace

std::span<const Language> languages() { return kLanguages; }

std::string_view bare_line(std::string_view line) {
  for (line = without_blanks(line); !line.empty() && (line[0] == '>' || line[0] == '|');) line = without_blanks(line.substr(1));
  return line;
}

std::optional<HeaderLine> header_line(std::string_view line) {
  line = bare_line(line);
  const auto colon = colon_of(line);
  if (!colon) return std::nullopt;
  const std::string_view label = without_blanks(without(without_blanks(line.substr(0, colon->first)), "*_"));
  if (label.empty()) return std::nullopt;
  const std::string folded = folded_text(label);
  HeaderLine out;
  const auto [begin, end] = table().labels.equal_range(folded);
  if (begin == end) return std::nullopt;
  out.field = begin->second.field;
  for (auto each = begin; each != end; ++each) {
    // "A" is "to" in several languages, and nothing else in any: where a word means two things, the first row decides.
    if (each->second.field == out.field) out.in |= each->second.in;
  }
  out.value = without_blanks(without(without_blanks(line.substr(colon->second)), "*"));
  return out;
}

bool is_rule_line(std::string_view line) {
  line = bare_line(line);
  return line.size() >= kRuleCharsMin && (line.find_first_not_of('_') == std::string_view::npos || line.find_first_not_of('-') == std::string_view::npos);
}

bool is_marker(std::string_view line) {
  line = bare_line(line);
  if (line.empty() || line.size() > kLineBytesMax) return false;
  const std::string_view inner = without_blanks(without(line, "-_=* \t"));
  const bool has_dashes = line.size() >= inner.size() + 4 && (line[0] == '-' || line[0] == '_' || line[0] == '=');
  const bool has_colon = inner.ends_with(':') || inner.ends_with("\xEF\xBC\x9A");
  if (inner.empty() || (!has_dashes && !has_colon)) return false;
  const std::string folded = folded_text(without_blanks(without(inner, ":")));
  return std::ranges::any_of(table().markers, [&](const std::string& each) {
    // "Forwarded message from Ada", "Forwarded by Ada on 3 May"; alone, where only a colon marks it.
    return folded == each || (has_dashes && folded.starts_with(each));
  });
}

bool is_attribution(std::string_view line) {
  line = bare_line(line);
  if (line.size() > kLineBytesMax || line.size() < 6) return false;
  const bool ends = line.ends_with(':') || line.ends_with("\xEF\xBC\x9A");
  if (!ends) return false;
  // Somebody or some time is named: an address or a digit.
  if (line.find('@') == std::string_view::npos && line.find_first_of("0123456789") == std::string_view::npos) return false;
  const std::string folded = folded_text(line.substr(0, line.size() - (line.ends_with(':') ? 1 : 3)));
  return std::ranges::any_of(table().wrote, [&](const std::string& each) {
    const auto at = folded.rfind(each);
    if (at == std::string::npos) return false;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; };
    const bool is_ascii = static_cast<unsigned char>(each[0]) < 0x80;
    const bool starts_word = at == 0 || !is_ascii || !is_letter(folded[at - 1]);
    const std::size_t end = at + each.size();
    const bool ends_word = end == folded.size() || !is_ascii || !is_letter(folded[end]);
    return starts_word && ends_word;
  });
}

bool has_forward_prefix(std::string_view subject) {
  for (std::size_t i = 0; i < kPrefixesMax; ++i) {
    const std::string_view rest = without_blanks(subject);
    const auto colon = colon_of(rest);
    if (!colon) return false;
    const std::string folded = folded_text(without_blanks(rest.substr(0, colon->first)));
    if (std::ranges::find(table().prefixes, folded) != table().prefixes.end()) return true;
    if (folded.size() > 12) return false;  // a colon of the subject itself
    subject = rest.substr(colon->second);
  }
  return false;
}

}  // namespace postern::ticketing::mail_words
