# A lab in a container, on the CPU:
#   docker build -t distill-lab .
#   docker run -p 127.0.0.1:8501:8501 -v distill-lab:/home/lab/distill distill-lab
# Limits of the container are respected: --cpus 4 --memory 8g.
FROM python:3.11-slim

# The wheels of this index are a fraction of the usual ones, which bring CUDA's libraries; --build-arg with an empty value
# takes the usual ones.
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
WORKDIR /opt/distill-lab
COPY requirements.txt ./
# psycopg: for a lab whose store is in PostgreSQL.
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt "psycopg[binary]==3.3.9"
COPY package.json package-lock.json ./
COPY tools ./tools
RUN python tools/npm.py ci --omit=dev
COPY . .

# The lab writes into its volume alone.
RUN useradd --create-home --uid 1000 lab && install -d -o lab -g lab /home/lab/distill
ENV DISTILL_HOME=/home/lab/distill PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
VOLUME /home/lab/distill
USER lab

EXPOSE 8501
# No proxy stands between a container and itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD python -c "import urllib.request as r; \
  r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:8501/_stcore/health', timeout=4)"
STOPSIGNAL SIGTERM
CMD ["python", "tools/serve.py", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501"]
