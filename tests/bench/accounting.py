"""What a group of processes costs, as the kernel counts it: CPU, memory, calls that make data durable, and what the rest of the
machine did meanwhile. Needs root: accounting groups of the kernel (cgroup v1 cpuacct, or v2)."""
import atexit
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

V1 = pathlib.Path("/sys/fs/cgroup/cpuacct")
ROOT = V1 if V1.is_dir() else pathlib.Path("/sys/fs/cgroup")
SYNC_CALLS = ("fsync", "fdatasync", "sync_file_range", "syncfs", "sync", "msync")


class Group:
    """An accounting group: what is put into it, and all that is started by it later, is charged to it."""

    def __init__(self, name):
        self.path = ROOT / f"postern-bench-{name}-{os.getpid()}"
        self.path.mkdir()
        atexit.register(self.end)

    def add(self, pid):
        (self.path / "cgroup.procs").write_text(str(pid))

    def enter(self):
        """For preexec_fn."""
        self.add(os.getpid())

    @contextlib.contextmanager
    def entered(self):
        """This process is in the group meanwhile, hence what it starts is born there."""
        home = ROOT / own_group()
        self.enter()
        try:
            yield
        finally:
            (home / "cgroup.procs").write_text(str(os.getpid()))

    def pids(self):
        try:
            return [int(pid) for pid in (self.path / "cgroup.procs").read_text().split()]
        except OSError:
            return []

    def cpu_seconds(self):
        usage = self.path / "cpuacct.usage"
        if usage.exists():
            return int(usage.read_text()) / 1e9
        return int(re.search(r"usage_usec (\d+)", (self.path / "cpu.stat").read_text()).group(1)) / 1e6

    def memory_mb(self):
        """Proportional share (PSS) of all processes: pages that several map count once."""
        total = 0
        for pid in self.pids():
            try:
                total += int(re.search(r"Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()).group(1))
            except (OSError, AttributeError):
                pass
        return total / 1024

    def end(self):
        """Ends what is still in the group, by its ids, and removes it."""
        for kind in (signal.SIGTERM, signal.SIGKILL) if self.path.exists() else ():
            for pid in self.pids():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, kind)
            end = time.monotonic() + 5
            while self.pids() and time.monotonic() < end:
                time.sleep(0.05)
        with contextlib.suppress(OSError):
            self.path.rmdir()


def own_group():
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if ("cpuacct" in controllers.split(",")) if V1.is_dir() else not controllers:
            return path.lstrip("/")
    return ""


class PeakMemory:
    """The largest PSS of a group while the `with` block runs, looked at twice a second and at its end."""

    def __init__(self, group):
        self.group, self.mb, self._over = group, 0.0, threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self):
        while not self._over.wait(0.5):
            self.mb = max(self.mb, self.group.memory_mb())

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        self.mb = max(self.mb, self.group.memory_mb())


def machine_seconds():
    """CPU seconds that all processes of the machine have used, interrupts too."""
    fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:8])) / os.sysconf("SC_CLK_TCK")


def device_flushes():
    """Cache flushes that all block devices have done, or None when this kernel does not say."""
    rows = [line.split() for line in pathlib.Path("/proc/diskstats").read_text().splitlines()]
    known = [int(row[18]) for row in rows if len(row) > 18]
    return sum(known) if known else None


class SyncCalls:
    """Calls of fsync and its kin by the processes of a group while the `with` block runs: `count` (None: cannot be known) and
    `how` it was found. perf's trace points disturb nobody; strace slows what it follows; the devices' flushes are everybody's."""

    def __init__(self, group, by_name=False):
        self.group, self.by_name, self.count, self.how = group, by_name, None, "not measured"
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-syncs-"))
        self._seen, self._tracer = set(), None

    def __enter__(self):
        self._flushes = device_flushes()
        if shutil.which("perf"):
            events = [word for call in SYNC_CALLS for word in ("-e", f"syscalls:sys_enter_{call}")]
            self._start("perf", ["perf", "record", "-q", "-a", "-o", str(self._folder / "data"), *events])
        if self._tracer is None and shutil.which("strace"):
            pids = [word for pid in self.group.pids() for word in ("-p", str(pid))]
            self._start("strace", ["strace", "-f", "-qq", "-e", "trace=" + ",".join(SYNC_CALLS), "-o", str(self._folder / "log"), *pids])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()
        return self

    def _start(self, how, command):
        with open(self._folder / "complaint", "wb") as complaint:
            tracer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=complaint, stderr=complaint)
        time.sleep(1.0)
        if tracer.poll() is None:
            self._tracer, self.how = tracer, how

    def _follow(self):
        """Processes that live for one message only are known by having been in the group, and `by_name` when they were missed."""
        while not self._over.wait(0.02):
            self._seen.update(self.group.pids())

    def __exit__(self, *_):
        names = {name_of(pid) for pid in self.group.pids()} - {""} if self.by_name else set()
        self._over.set()
        self._thread.join()
        if self._tracer:
            self._tracer.send_signal(signal.SIGINT)
            self._tracer.wait(30)
        if self.how == "strace":
            self.count = len(re.findall(r"^\d+ +(?:%s)\(" % "|".join(SYNC_CALLS), (self._folder / "log").read_text(), re.M))
        elif self.how == "perf":
            self.count = self._from_perf(names)
        elif self._flushes is not None:
            self.count, self.how = device_flushes() - self._flushes, "device flushes"
        shutil.rmtree(self._folder, ignore_errors=True)

    def _from_perf(self, names):
        done = subprocess.run(["perf", "script", "-i", str(self._folder / "data"), "-F", "comm,pid,event"], capture_output=True, text=True, timeout=120)
        found = re.findall(r"^\s*(\S.*?)\s+(\d+)\s+syscalls:", done.stdout, re.M)
        return sum(1 for name, pid in found if int(pid) in self._seen or name.strip() in names)


def name_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
