#pragma once
// app/gateway.h: the running product: the one place that wires everything, in start order, torn down in reverse.
// start() binds, drops privileges and opens the store; run() serves until SIGTERM or SIGINT, drains and returns.
// Signals: SIGHUP reads certificates, DKIM keys and the log level again; a reload that fails changes nothing. Other
// settings that differ from those in force are named in warnings: they wait for a restart.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <vector>

#include "app/control.h"
#include "app/dkim_rotation_task.h"
#include "app/grey_list_task.h"
#include "app/mail_keys.h"
#include "app/imports/uploaded_imports.h"
#include "app/picture_fetcher.h"
#include "app/dmarc_reporter.h"
#include "app/password_mail.h"
#include "app/pipeline_stack.h"
#include "app/services.h"
#include "app/block_feed_task.h"
#include "app/sts_book.h"
#include "app/tls_reporter.h"
#include "app/webhook_sender.h"
#include "auth/audit_trail/shipping/shipper.h"
#include "net/listener.h"
#include "net/loops.h"
#include "net/tls_context.h"
#include "pipeline/advice/advisor.h"
#include "pipeline/sender/dkim_signer.h"
#include "smtp/client/deliverer.h"
#include "smtp/server/server.h"
#include "web/server/operator_server.h"
#include "web/server/server.h"

namespace postern::app {

class Gateway {
 public:
  // Errors name what could not be had: an address in use, a key file, the store's lock.
  static core::Result<std::unique_ptr<Gateway>> start(conf::GatewayOptions options);
  ~Gateway();
  // Blocks until the process was asked to stop and everything has been put away.
  void run();

 private:
  Gateway(conf::GatewayOptions options, core::Clock& clock);
  core::Result<void> bind();
  core::Result<void> build();
  void build_deliverability();
  core::Result<void> build_audit_shipping();
  core::Result<void> build_webhooks();
  core::Result<void> build_text_messages();
  core::Result<void> build_block_feeds();
  core::Result<void> build_pictures();
  net::EgressOptions mail_egress() const;
  smtp::StsPolicies::Fetch sts_fetch();
  void build_tls_reporter();
  void build_servers();
  void build_sts_book();
  void start_listening();
  core::Task<void> watch_signals();
  core::Task<void> shut_down();
  core::Result<std::vector<std::string>> reload();  // names of changed settings that wait for a restart
  MailKeyDesk::Parts mail_key_parts();
  core::Task<core::Result<Json>> answer_control(Json request);

  conf::GatewayOptions options_;
  core::Clock& clock_;
  boost::asio::io_context io_;
  net::Loops smtp_loops_;  // sessions of mail; what they do of length is for pools
  boost::asio::signal_set signals_{io_};
  core::TaskGroup tasks_;
  std::atomic<bool> is_draining_{false};
  std::shared_ptr<net::ReloadableTls> smtp_tls_;
  std::shared_ptr<net::ReloadableTls> web_tls_;
  std::vector<std::unique_ptr<net::Listener>> smtp_listeners_;
  std::vector<std::unique_ptr<net::Listener>> smtps_listeners_;
  std::vector<std::unique_ptr<net::Listener>> web_listeners_;
  std::unique_ptr<net::Listener> operator_listener_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<ControlServer> control_;
  std::unique_ptr<PipelineStack> pipeline_;
  std::unique_ptr<pipeline::DkimSigner> signer_;
  std::unique_ptr<DkimRotationTask> dkim_rotation_;
  std::unique_ptr<GreyListTask> grey_list_;
  std::unique_ptr<MailKeyDesk> mail_keys_;
  std::unique_ptr<PictureFetcher> pictures_;
  std::unique_ptr<UploadedImports> uploaded_imports_;
  std::unique_ptr<pipeline::DnsDomainAdvisor> advisor_;
  std::unique_ptr<DmarcReporter> reporter_;
  std::unique_ptr<TlsReporter> tls_reporter_;
  std::unique_ptr<auth::AuditShipper> shipper_;
  std::unique_ptr<HttpWebhookSender> webhook_sender_;
  std::unique_ptr<BlockFeedTask> block_feeds_;
  std::unique_ptr<smtp::Server> smtp_;
  std::unique_ptr<smtp::Server> smtps_;
  std::unique_ptr<smtp::Deliverer> deliverer_;
  std::unique_ptr<StsBook> sts_book_;
  std::unique_ptr<PasswordMail> password_mail_;
  std::unique_ptr<web::Server> web_;
  std::unique_ptr<web::OperatorServer> operator_;
};

}  // namespace postern::app
