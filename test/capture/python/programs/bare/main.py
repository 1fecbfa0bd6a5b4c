import logging
import os
import sqlite3
import subprocess
import sys

logging.basicConfig()
logging.warning("mine")
print(sqlite3.connect(":memory:").execute("select 7").fetchall(), len(sys.path), len(logging.getLogger().handlers))
sys.stdout.flush()
print(subprocess.run([sys.executable, "-I", "-c", "raise SystemExit(9)"]).returncode)
os.chdir("/")
raise ValueError("mine as well")
