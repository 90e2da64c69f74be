"""The peer: FastAPI and fastapi-users as their own pages set them up, with their default hasher.

`python server.py` makes the tables; `uvicorn server:app` serves. PEER_DATABASE names the SQLite file, PEER_SECRET
the secret that signs the tokens.
"""

import asyncio
import os
import uuid

from fastapi import FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

SECRET = os.environ["PEER_SECRET"]
TOKEN_SECONDS = 3600

engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['PEER_DATABASE']}")
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Tables(DeclarativeBase):
    pass


class Account(SQLAlchemyBaseUserTableUUID, Tables):
    pass


class Accounts(UUIDIDMixin, BaseUserManager[Account, uuid.UUID]):
    reset_password_token_secret = SECRET
    verification_token_secret = SECRET


async def accounts():
    async with sessions() as session:
        yield Accounts(SQLAlchemyUserDatabase(session, Account))


def strategy() -> JWTStrategy:
    return JWTStrategy(secret=SECRET, lifetime_seconds=TOKEN_SECONDS)


backend = AuthenticationBackend("jwt", BearerTransport(tokenUrl="auth/jwt/login"), strategy)
users = FastAPIUsers[Account, uuid.UUID](accounts, [backend])
Shown = schemas.BaseUser[uuid.UUID]

app = FastAPI()
app.include_router(users.get_auth_router(backend), prefix="/auth/jwt")
app.include_router(users.get_register_router(Shown, schemas.BaseUserCreate), prefix="/auth")
app.include_router(users.get_users_router(Shown, schemas.BaseUserUpdate), prefix="/users")


async def make_tables():
    async with engine.begin() as connection:
        await connection.run_sync(Tables.metadata.create_all)
    # Kept in the file: readers of both workers never wait, as with us.
    async with engine.connect() as connection:
        await connection.execute(text("PRAGMA journal_mode = WAL"))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(make_tables())
