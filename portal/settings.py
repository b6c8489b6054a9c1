"""Every setting, from the environment. A variable that is unset has a value that is safe on one machine."""

from pathlib import Path

from csp.constants import NONE, SELF

from portal import embedded, env, env_outgoing

BASE_DIR = Path(__file__).resolve().parent.parent
PORTAL_HOME = env.home()

DEBUG = env.flag("PORTAL_DEBUG")
SECRET_KEY = env.secret("PORTAL_SECRET_KEY", PORTAL_HOME)
# Encrypts connections' secrets. Comma-separated: the first encrypts, all decrypt (so that it can be changed).
ENCRYPTION_KEYS = env.items("PORTAL_ENCRYPTION_KEYS") or [env.secret("PORTAL_ENCRYPTION_KEY", PORTAL_HOME)]
SKETCH_KEY = env.secret("PORTAL_SKETCH_KEY", PORTAL_HOME)  # of instructions' sketches
ALLOWED_HOSTS = env.hosts("PORTAL_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = env.flag("PORTAL_HTTPS")
# Where links in invitations and mails lead. Unset: where `manage.py up` listens; see portal.addresses.
ADDRESS = env.address("PORTAL_ADDRESS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

DATABASE_URL = env.text("DATABASE_URL")
DATABASES = {"default": env.database(DATABASE_URL) if DATABASE_URL else embedded.database(PORTAL_HOME)}
DATABASE_ROLE = DATABASES["default"]["USER"]  # of everything but migrations, which the tables' owner makes
DATABASE_OWNER = env.owner(DATABASE_URL) or embedded.database(PORTAL_HOME, embedded.OWNER)
DATABASES["default"] = env.held_to(DATABASES["default"], web=env.web)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Many short requests share a few connections. A worker keeps one, and Django looks after none that is out of a pool.
if env.web:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Each is a Django app whose ``plugin.py`` says what it brings (portal.plugins). A connector is a line and its folder.
PLUGINS = [
    "agents.connectors.mail",
    "agents.connectors.chat",
    "agents.connectors.memory",
    "agents.connectors.slack",
    "agents.connectors.deploy",
    "agents",
    "metering",
    "portal",
]
INSTALLED_APPS = [
    *PLUGINS,
    "metering.simulation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "axes",
    "csp",
    "django_htmx",
    "heroicons",
    "template_partials",
]

MIDDLEWARE = [
    "portal.home.proxies.from_proxies_only",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.home.middleware.not_stored",
    "portal.home.middleware.no_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.people.middleware.reader_time_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.submissions.middleware.Submissions",
]

ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.home.frame.frame",
            ],
            "builtins": ["portal.templatetags.portal", "agents.templatetags.outside"],
        },
    }
]

FORM_RENDERER = "portal.drawing.Renderer"

TRAIL_MARKS = Path(env.text("PORTAL_TRAIL_MARKS", str(PORTAL_HOME / "trail-marks.jsonl"))).absolute()
TRAIL_KEY = env.secret("PORTAL_TRAIL_KEY", PORTAL_HOME)  # signs them

METRICS_TOKEN = env.token("PORTAL_METRICS_TOKEN")

# People and sign-in.
AUTH_USER_MODEL = "portal.Person"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mails are unique in small letters, by an expression's constraint
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_RULES: dict[str, dict[str, object]] = {
    "UserAttributeSimilarity": {"user_attributes": ["email", "display_name"]},
    "MinimumLength": {"min_length": 12},
    **{name: {} for name in ("CommonPassword", "NumericPassword")},
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator", "OPTIONS": options}
    for name, options in PASSWORD_RULES.items()
]
CSRF_FAILURE_VIEW = "portal.home.errors.stale_form"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # an invitation's link lives three days
ANONYMOUS_USER_NAME = None
# Wrong passwords: how long one waits is decided in portal.accounts.lockout. Failures count for a day.
AXES_HANDLER = "portal.accounts.lockout.Handler"
AXES_FAILURE_LIMIT = 1
AXES_COOLOFF_TIME = 24
AXES_USERNAME_FORM_FIELD = "username"
AXES_CLIENT_IP_CALLABLE = "portal.accounts.lockout.address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "portal.accounts.signin_views.locked_out"
AXES_SENSITIVE_PARAMETERS = ["password"]
AXES_VERBOSE = False

# Sessions end: twelve hours after sign-in, with the browser, and at once when a password changes.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked by machines nearby
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# portal.home.proxies has taken these headers from everybody else.
PROXIES = env.proxies("PORTAL_PROXIES")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
USE_X_FORWARDED_HOST = bool(PROXIES)
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **{key: [NONE] for key in ("default-src", "base-uri", "frame-ancestors")},
        **{key: [SELF] for key in ("script-src", "style-src", "font-src", "connect-src", "form-action")},
        "img-src": [SELF, "data:"],
    }
}

# Words, times, money.
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
# The one currency of the ledger, of limits and of every page; it cannot change once there is usage.
CURRENCY = env.currency("PORTAL_CURRENCY", "USD")
COMPANY_NAME = env.text("PORTAL_COMPANY", "Agent Portal")
COMPANY_DOMAINS = tuple(domain.lower() for domain in env.items("PORTAL_DOMAINS", ""))
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Queue: the same PostgreSQL through pgmq; RabbitMQ or Redis by BROKER_URL.
CELERY_BROKER_URL = BROKER_URL = env.text("BROKER_URL", "pgmq://localhost")
CELERY_BROKER_TRANSPORT_OPTIONS = env.broker_options(BROKER_URL, DATABASES["default"])
CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum" if BROKER_URL.startswith("amqp") else "classic"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker that is away for an hour is waited for
CELERY_BROKER_HEARTBEAT = (
    10  # RabbitMQ gives a message to another when its worker has been silent for two of them
)
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # a task needs no broker while it runs
CELERY_BEAT_SCHEDULER = "portal.clock.scheduler:Clock"
CELERY_TASK_DEFAULT_QUEUE = "portal"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Of one process of a worker: above it another takes its place after its task; at twice as much it gets no more.
WORKER_MEMORY_MB = env.number("PORTAL_WORKER_MEMORY", 512, least=256)
CELERY_WORKER_MAX_MEMORY_PER_CHILD = WORKER_MEMORY_MB * 1024  # in kilobytes
MODEL_CALLS = env.number("PORTAL_MODEL_CALLS", 100, least=1)  # that one worker awaits at once
CELERY_DB_REUSE_MAX = 1_000_000  # a worker's process keeps its database session: portal.workers
CELERY_WORKER_LOST_WAIT = 1.0  # seconds from the death of a process until its message is given to another
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# Models: the offline one always; others when their key is here.
OPENAI_MODELS = env.items("OPENAI_MODEL", "gpt-5-mini")
ANTHROPIC_MODELS = env.items("ANTHROPIC_MODEL", "claude-haiku-4-5")
# What connections reach: by this proxy, with the company's own certificate authority, and these networks inside of it.
OUTGOING_PROXY = env_outgoing.outgoing_proxy()
NO_PROXY = env.text("NO_PROXY") or env.text("no_proxy")
OWN_CA = env_outgoing.readable("PORTAL_CA")
INSIDE = env_outgoing.networks("PORTAL_INSIDE")
SMTP = env_outgoing.smtp()  # by which people are told what waits for them
PUSH_SERVICES = env_outgoing.push_services("PORTAL_PUSH_SERVICES")
OAUTH = env_outgoing.tables("PORTAL_OAUTH")  # providers at which people sign in for their connections
# Where mailbox connections may live; a person's own is the folder named by their e-mail.
MAIL_ROOT = Path(env.text("PORTAL_MAIL_ROOT", str(PORTAL_HOME / "mailboxes"))).absolute()
# Where releases lie, which other folders hold repositories to deploy from, and as whom commands of releases run.
DEPLOY_ROOT = Path(env.text("PORTAL_DEPLOY_ROOT", str(PORTAL_HOME / "deployments"))).absolute()
DEPLOY_SOURCES = tuple(Path(folder).absolute() for folder in env.items("PORTAL_DEPLOY_SOURCES", ""))
DEPLOY_USER = env.text("PORTAL_DEPLOY_USER")
# How many whom nobody knows stand behind a group's figure, and how many percent of the largest share stay open.
GROUP_MINIMUM = env.number("PORTAL_GROUP_MINIMUM", 5, least=5)
RETENTION = env.retention()  # days that content and usage are kept, by kind
GROUP_PERCENT = env.number("PORTAL_GROUP_PERCENT", 10, least=10)

LOGGING = env.logs("PORTAL_LOG_LEVEL")
